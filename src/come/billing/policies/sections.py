"""The parts of a bill, in the order in which they are printed."""

from __future__ import annotations

from come.shared import text

SECTIONS = {
    "recurring": text.noop("Abonnements et options"),
    "usage": text.noop("Consommations"),
    "device": text.noop("Équipements"),
    "one_off": text.noop("Frais et services ponctuels"),
    "discount": text.noop("Remises"),
    "correction": text.noop("Régularisations"),
    "deposit": text.noop("Dépôts de garantie"),
}
ORDER = {code: index for index, code in enumerate(SECTIONS)}
SERVICE_NAMES = {
    "voice": text.noop("Appels"),
    "sms": text.noop("SMS"),
    "mms": text.noop("MMS"),
    "data": text.noop("Internet mobile"),
}


def section_of(*, kind: str, nature: str, is_reduction: bool) -> str:
    """Return the section of a charge."""
    if kind in ("usage", "deposit"):
        return kind
    if kind == "reversal":
        return "correction"
    if kind == "instalment" or nature == "goods":
        return "device"
    if is_reduction:
        return "discount"
    return "recurring" if kind == "recurring" else "one_off"
