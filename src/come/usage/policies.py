"""What may be done about suspended usage, and how usage is said; no Django."""

from __future__ import annotations

from come.shared import formatting, text
from come.usage.intake import layout

# Reasons that the installed base alone can cure: recycling looks again at these.
RECYCLABLE = ("unknown_line",)


def cause_of(reason: str) -> tuple[str, str]:
    """Return the French templates (cause, what to do) of a reason."""
    return layout.SUSPENSE_REASONS.get(reason, (reason, ""))


def masked(other_party: str) -> str:
    """Return a called number without its last four digits (traffic data: only the holder may ask for the whole)."""
    return other_party if len(other_party) <= 4 else f"{other_party[:-4]}••••"


def rejection(code: str) -> text.T:
    """Return the French sentence of why a file cannot be read."""
    return text.T(layout.REJECTIONS[code])


def quantity_fr(service: str, quantity: int) -> str:
    """Write a quantity as people read it: a duration, a volume, a number of messages."""
    match service:
        case "voice":
            return formatting.duration(quantity)
        case "data":
            return formatting.bytes_fr(quantity)
        case _:
            return formatting.number(quantity)
