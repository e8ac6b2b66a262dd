"""How values are written for a French reader; the same functions serve screens, PDFs and messages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from come.shared import money as moneys, period

THIN_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_BYTES_STEP = 1000
_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3600


def number(value: Decimal | int | None, decimals: int | None = None) -> str:
    """Write a number with thin spaces and a decimal comma; None gives a dash."""
    if value is None:
        return "—"
    written = f"{value:,.{decimals}f}" if decimals is not None else f"{value:,}"
    return written.replace(",", THIN_SPACE).replace(".", ",").replace("-", "\u2212")


def money(amount: Decimal | moneys.Money | None) -> str:
    """Write euros to the cent: 1 234,56 €. The amount is rounded at the line rounding point."""
    if amount is None:
        return "—"
    value = amount.amount if isinstance(amount, moneys.Money) else Decimal(amount)
    return f"{number(moneys.round_line(value), 2)}{NO_BREAK_SPACE}€"


def money_exact(amount: Decimal | None) -> str:
    """Write euros with every decimal that counts, two at least: 0,0125 €."""
    if amount is None:
        return "—"
    normal = Decimal(amount).normalize()
    exponent = normal.as_tuple().exponent
    decimals = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{number(normal, decimals)}{NO_BREAK_SPACE}€"


def percent(value: Decimal | int | None) -> str:
    """Write a percentage given in points: 12.5 -> 12,5 %."""
    if value is None:
        return "—"
    normal = Decimal(value).normalize()
    exponent = normal.as_tuple().exponent
    decimals = max(0, -exponent if isinstance(exponent, int) else 0)
    return f"{number(normal, decimals)}{NO_BREAK_SPACE}%"


def day(value: dt.date | dt.datetime | None) -> str:
    """Write a day in full: 12 mars 2026 (an instant is taken on the calendar of Paris)."""
    if value is None:
        return "—"
    date = period.local_day(value) if isinstance(value, dt.datetime) else value
    first = "1er" if date.day == 1 else str(date.day)
    return f"{first} {MONTHS[date.month - 1]} {date.year}"


def short_day(value: dt.date | dt.datetime | None) -> str:
    """Write a day in figures: 12/03/2026."""
    if value is None:
        return "—"
    date = period.local_day(value) if isinstance(value, dt.datetime) else value
    return f"{date:%d/%m/%Y}"


def instant(value: dt.datetime | None) -> str:
    """Write an instant on the clock of Paris: 12/03/2026 14:05."""
    return "—" if value is None else f"{value.astimezone(period.PARIS):%d/%m/%Y %H:%M}"


def cycle_name(cycle: str) -> str:
    """Write a cycle "2026-10" in words: octobre 2026."""
    start = period.parse_cycle(cycle).start
    return f"{MONTHS[start.month - 1]} {start.year}"


def msisdn(value: str | None) -> str:
    """Write a number as people say it: +33612345678 -> 06 12 34 56 78; others unchanged."""
    if not value:
        return "—"
    if not value.startswith("+33"):
        return value
    national = "0" + value[3:]
    return THIN_SPACE.join(national[index : index + 2] for index in range(0, len(national), 2))


def duration(seconds: int | None) -> str:
    """Write a duration: 3725 -> 1 h 02 min 05 s."""
    if seconds is None:
        return "—"
    hours, rest = divmod(int(seconds), _HOUR_SECONDS)
    minutes, left = divmod(rest, _MINUTE_SECONDS)
    if hours:
        return f"{number(hours)} h {minutes:02d} min {left:02d} s"
    return f"{minutes} min {left:02d} s" if minutes else f"{left} s"


def bytes_fr(value: int | None) -> str:
    """Write a volume in decimal octets: 1 500 000 -> 1,5 Mo."""
    if value is None:
        return "—"
    size = Decimal(value)
    for unit in ("o", "Ko", "Mo", "Go", "To"):
        if abs(size) < _BYTES_STEP or unit == "To":
            decimals = 0 if unit == "o" or size == size.to_integral_value() else 1
            return f"{number(size, decimals)}{NO_BREAK_SPACE}{unit}"
        size /= _BYTES_STEP
    raise AssertionError
