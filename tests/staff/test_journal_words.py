"""The journal says every fact that the product records."""

from __future__ import annotations

import pathlib
import re
import sys

from come.staff.views import journal_words

# The package re-exports the view under the name of its module.
journal = sys.modules["come.staff.views.journal"]

ROOT = pathlib.Path(__file__).resolve().parents[2] / "src" / "come"


def recorded() -> set[str]:
    """Return the names of all events, read in the sources so that no package needs the others."""
    sources = [path.read_text(encoding="utf-8") for path in [*ROOT.glob("*/events.py"), *ROOT.glob("*/events/*.py")]]
    return {name for source in sources for name in re.findall(r"^class (\w+)\((?:\w+\.)?Event\)", source, re.MULTILINE)}


def test_every_fact_has_its_sentence():
    assert len(recorded()) > 40
    assert sorted(name for name in recorded() if name not in journal_words._TITLES) == []


def test_every_tone_is_one_that_is_drawn():
    drawn = {"draft", "progress", "waiting", "blocked", "done", "cancelled", "neutral", "accent"}
    assert {tone for _words, tone in journal_words._TITLES.values()} <= drawn


def test_an_unknown_fact_keeps_its_name():
    assert journal_words.title("SomethingHappenedElsewhere") == ("Something Happened Elsewhere", "neutral")
    assert journal_words.field("some_other_field") == "some other field"
    assert journal_words.field("valid_until") == "Valable jusqu’au"


def test_changes_are_said_as_people_write_them():
    before = {"state": "inProgress", "promised_at": "2026-11-02T08:30:00+00:00", "agency_id": "1", "same": 1}
    after = {"state": "held", "promised_at": "2026-11-03T08:30:00+00:00", "agency_id": "2", "same": 1, "signed_date": "2026-03-12"}
    assert journal._changes(before, after) == (
        ("État", "en cours", "bloqué"),
        ("Promis le", "02/11/2026 09:30", "03/11/2026 09:30"),
        ("Signé le", None, "12 mars 2026"),
    )


def test_values_of_every_shape_are_said():
    contact = {"name": "Zoé", "staff_id": "1"}
    after = {"is_active": False, "roles": ["seller", "manager"], "contact": contact, "lines": 25, "title": "2026-02-31"}
    said = {name: now for name, _before, now in journal._changes(None, after)}
    assert said == {"Actif": "non", "Rôles": "seller, manager", "Contact": "Nom : Zoé", "Lignes": "25", "Intitulé": "2026-02-31"}
    assert journal._changes({"email": "a@b.example"}, {"email": ""}) == (("E-mail", "a@b.example", "—"),)
