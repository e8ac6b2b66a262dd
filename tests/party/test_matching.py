"""Names made comparable, and a score that is the sum of its reasons."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from come.party.matching import names, score

TEXTS = st.text(max_size=60)
IDENTITIES = st.builds(
    score.Identity,
    name=TEXTS,
    siren=st.sampled_from(["", "990000002", "990000010"]),
    postcode=st.sampled_from(["", "69003", "69100", "44000"]),
    city=st.sampled_from(["", "Lyon", "LYON 3EME", "Nantes"]),
    street=st.sampled_from(["", "12 rue des Lilas", "12 RUE DES LILAS"]),
    phone=st.sampled_from(["", "+33199001234"]),
    email=st.sampled_from(["", "a@b.example"]),
)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("E.D.F.", "edf"),
        ("E D F", "edf"),
        ("EDF S.A.", "edf"),
        ("SARL Établissements MOREL & Fils", "morel fils"),
        ("L’Éclat d’Or", "eclat or"),
        ("L'ECLAT D'OR", "eclat or"),
        ("Ets. Cœur de Bœuf", "coeur boeuf"),
        ("Société SAS", "societe sas"),
        ("Garage du Port – Nord", "garage port nord"),
        ("Straße Ø", "strasse o"),
        ("", ""),
        ("…", ""),
    ],
)
def test_names_are_compared_without_accents_dots_and_forms(written, compared):
    assert names.comparable(written) == compared


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Lyon 3e Arrondissement", "lyon"),
        ("LYON 3EME", "lyon"),
        ("PARIS CEDEX 08", "paris"),
        ("St-Étienne", "saint etienne"),
        ("Paris 1er Arrondissement", "paris"),
        ("Le Puy-en-Velay", "le puy en velay"),
    ],
)
def test_towns_are_compared_without_district_and_cedex(written, compared):
    assert names.city(written) == compared


@given(TEXTS)
def test_comparing_twice_changes_nothing(written):
    once = names.fold(written)
    assert names.fold(once) == once
    assert once == once.strip()
    assert all(sign.isascii() and (sign.isalnum() or sign == " ") for sign in once)


@given(TEXTS)
def test_case_and_accents_do_not_matter(written):
    assert names.comparable(written.upper()) == names.comparable(written.upper().lower())


@given(TEXTS, TEXTS)
def test_likeness_is_symmetric_and_bounded(first, second):
    assert names.likeness(first, second) == names.likeness(second, first)
    assert 0 <= names.likeness(first, second) <= 100


@pytest.mark.parametrize(
    ("first", "second"),
    [("Brivance Sécurité", "BRIVANCESECURITE"), ("Transports Morel", "SARL MOREL TRANSPORTS"), ("E.T.M. Morel", "ETM MOREL SAS")],
)
def test_joined_and_swapped_words_are_one_name(first, second):
    assert names.likeness(first, second) == 100


@given(IDENTITIES, IDENTITIES)
def test_the_score_is_exactly_the_sum_of_what_is_said(asked, known):
    told = score.compare(asked, known)
    assert told.total == round(sum(reason.weight for reason in told.reasons), 3)
    assert len({reason.sentence for reason in told.reasons}) == len(told.reasons)
    assert told.total == score.compare(known, asked).total


@given(IDENTITIES)
def test_what_is_unknown_weighs_nothing(asked):
    assert score.compare(asked, score.Identity(name="")).reasons == ()


def test_one_identifier_outweighs_everything_else():
    asked = score.Identity(name="Alpha", siren="990000002", postcode="69003")
    assert score.compare(asked, score.Identity(name="Oméga", siren="990000002", postcode="44000")).total > score.ASK_FROM
    assert score.compare(asked, score.Identity(name="Alpha", siren="990000010", postcode="69003")).total < score.ASK_FROM


def test_any_of_the_names_may_agree():
    known = score.Identity(name="Valmonde", other_names=("DORLANE DISTRIBUTION",))
    assert [reason.said for reason in score.compare(score.Identity(name="Dorlane Distribution"), known).reasons] == ["même nom +6,5"]


def test_a_negative_weight_is_said_with_a_minus_sign():
    told = score.compare(score.Identity(name="Alpha"), score.Identity(name="Oméga"))
    assert [reason.said for reason in told.reasons] == ["nom différent \u22124,0"]
