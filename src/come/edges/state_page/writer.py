"""Write the public state page, in French and in English, with what it needs, as plain files."""

from __future__ import annotations

import json
import os
import pathlib

from django.conf import settings
from django.template import loader
from django.utils import translation

from come.ticket import policies, records

_ASSETS = pathlib.Path(__file__).resolve().parents[2] / "ticket" / "static" / "ticket"
_FILES = ("state.css", "state.js")
PAGES = {"fr": "index.html", "en": "en.html"}


class StateFolder:
    """The files under `COME_STATE_DIR`; implements ticket.ports.StatePage."""

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self._folder = folder

    def publish(self, state: records.PublicState) -> None:
        """Write each file whole, the pages last; a reader never sees half of one. Raises OSError."""
        folder = self._folder or settings.COME_STATE_DIR
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            _write(folder / name, (_ASSETS / name).read_text(encoding="utf-8"))
        _write(folder / "state.json", json.dumps(_told(state), ensure_ascii=False, indent=2) + "\n")
        for language, name in PAGES.items():
            with translation.override(language):
                _write(folder / name, loader.render_to_string("ticket/state_page.html", _context(state, language)))


def _context(state: records.PublicState, language: str) -> dict[str, object]:
    return {
        "state": state,
        "language": language,
        "areas": {name: translation.gettext(word) for name, word in policies.AREA_WORDS.items()},
        "severities": {name: translation.gettext(word) for name, word in policies.SEVERITY_WORDS.items()},
        "statuses": {name: translation.gettext(word) for name, word in policies.STATUS_WORDS.items()},
    }


def _told(state: records.PublicState) -> dict[str, object]:
    return {
        "written_at": state.at.isoformat(),
        "down": [
            {
                "id": ticket.reference,
                "area": ticket.area or "application",
                "severity": ticket.severity,
                "status": ticket.status,
                "since": ticket.opened_at.isoformat(),
                "expectedResolutionDate": ticket.promised_at.isoformat() if ticket.promised_at else None,
            }
            for ticket in state.down
        ],
        "repaired": [ticket.reference for ticket in state.repaired],
    }


def _write(path: pathlib.Path, text: str) -> None:
    # Two writers at once (two workers) each have a file of their own; the last one whole wins.
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
