"""French spacing: where it belongs, nowhere else, once."""

from __future__ import annotations

import html

import jinja2
import pytest
from django.utils import translation
from hypothesis import given, strategies as st

from come.project import jinja
from come.shared import text, typography

NO_BREAK, NARROW = "\u00a0", "\u202f"
SENTENCES = st.text(alphabet=st.sampled_from("abé 0194:;?!«»’./=&<>\n" + NO_BREAK + NARROW), max_size=60)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Que faire ?", f"Que faire{NARROW}?"),
        ("Attention !", f"Attention{NARROW}!"),
        ("Reçu ; envoyé", f"Reçu{NARROW}; envoyé"),
        ("Lignes : 12", f"Lignes{NO_BREAK}: 12"),
        ("la colonne « Forfait » manque", f"la colonne «{NO_BREAK}Forfait{NO_BREAK}» manque"),
        ("%(count)s enregistrements :", f"%(count)s enregistrements{NO_BREAK}:"),
    ],
)
def test_a_sign_keeps_its_word(written, read):
    assert typography.french(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "à 14:05",
        "https://come.example/devis/?version=2&a=1",
        "voir /devis/ ?version=2",
        "SELECT a::text",
        "a != b",
        "Réf.:12",
        "?q=a;b",
        "",
    ],
)
def test_addresses_times_and_code_stay_as_they_are(written):
    assert typography.french(written) == written


@given(SENTENCES)
def test_spacing_twice_is_spacing_once_and_changes_spaces_alone(sentence):
    once = typography.french(sentence)
    assert typography.french(once) == once
    assert len(once) == len(sentence)
    assert all(new == old or (old == " " and new in {NO_BREAK, NARROW}) for old, new in zip(sentence, once, strict=True))


@given(SENTENCES)
def test_no_plain_space_is_left_inside_guillemets(sentence):
    assert "« " not in typography.french(sentence)
    assert " »" not in typography.french(sentence)


@given(st.text(max_size=30))
def test_a_sentence_is_spaced_and_its_values_are_not(value):
    assert text.T("Ligne : {value}", value=value).__html__() == html.escape(f"Ligne{NO_BREAK}: {value}")


def test_the_api_and_english_keep_plain_spaces():
    assert text.T("Une ligne : {x}", x=1).in_language("en") == "Une ligne : 1"
    assert text.T("Une ligne : {x}", x=1).in_language("fr-fr") == "Une ligne : 1"
    assert typography.spaced("What ?", "en-gb") == "What ?"


def test_the_value_of_a_sentence_stays_what_was_written():
    sentence = text.T("Une ligne : {x}", x=1)
    assert sentence == str(sentence) == "Une ligne : 1"
    assert f"{sentence}" == "Une ligne : 1"
    assert text.T("Cause : {cause}", cause=sentence) == "Cause : Une ligne : 1"
    assert text.T("Cause : {cause}", cause=sentence).__html__() == f"Cause{NO_BREAK}: Une ligne{NO_BREAK}: 1"


def test_a_template_says_its_sentences_spaced_and_leaves_markup_and_values():
    environment = jinja.environment(autoescape=True, loader=jinja2.BaseLoader())
    source = '<a href="?a=1" title="x ; y">{{ _("Ligne : %(name)s ?", name=name) }}</a> {{ message }} {{ name }} {{ stored | sentence }}'
    with translation.override("fr"):
        said = environment.from_string(source).render(name="<a : b>", message=text.T("Quoi ?"), stored="Cause : x")
    assert said == (
        f'<a href="?a=1" title="x ; y">Ligne{NO_BREAK}: &lt;a : b&gt;{NARROW}?</a> Quoi{NARROW}? &lt;a : b&gt; Cause{NO_BREAK}: x'
    )


def test_an_english_reader_gets_no_french_spaces():
    environment = jinja.environment(autoescape=True, loader=jinja2.BaseLoader())
    with translation.override("en"):
        assert environment.from_string('{{ _("Zzz : y") }}').render() == "Zzz : y"
