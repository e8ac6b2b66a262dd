"""Words of states and sections, in the reader's language."""

from __future__ import annotations

from typing import Any

from django import http
from django.utils.translation import gettext as _

from come.billing.policies import sections, states


def words() -> dict[str, Any]:
    """Return what every template of billing needs to name states and sections."""
    return {
        "bill_chips": {code: (_(word), states.BILL_TONES[code]) for code, word in states.BILL_WORDS.items()},
        "run_chips": {code: (_(word), states.RUN_TONES[code]) for code, word in states.RUN_WORDS.items()},
        "state_options": [("", _("Tous les états")), *((code, _(word)) for code, word in states.BILL_WORDS.items())],
        "section_names": {code: _(name) for code, name in sections.SECTIONS.items()},
    }


def offset(request: http.HttpRequest) -> int:
    """Return the page's offset, zero when it is no number."""
    given = request.GET.get("offset", "0")
    return int(given) if given.isascii() and given.isdigit() else 0
