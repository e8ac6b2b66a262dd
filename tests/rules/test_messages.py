"""Every sentence that a person may read has its English, with the same values in it."""

from __future__ import annotations

import importlib.util

from rules import sources


def _messages():
    spec = importlib.util.spec_from_file_location("messages", sources.ROOT / "tools" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_has_its_english():
    """`make messages` writes the missing ones into the catalogues, to be translated there."""
    assert _messages().problems() == []


def test_values_are_read_in_both_writings():
    assert _messages().values("La ligne {line} coûte {price:.2f} à %(name)s") == {"line", "price", "name"}
