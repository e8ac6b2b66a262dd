"""The journal says every fact that the product records."""

from __future__ import annotations

import pathlib
import re

from come.staff.views import journal_words

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
