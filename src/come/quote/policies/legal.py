"""What the law says of a contract with a customer, as dated parameters with their source (`quote/data/legal.yaml`). Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import pathlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import yaml

from come.shared import obstacles, text

FILE = pathlib.Path(__file__).parent.parent / "data" / "legal.yaml"


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One rule with its value, the days on which it holds, whom it protects, and where it is written.

    A rule without segments nor sizes protects everybody. `from_month` counts from the start of the commitment.
    """

    code: str
    value: Decimal
    unit: str
    source: str
    text_fr: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    segments: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    except_sizes: tuple[str, ...] = ()
    from_month: int = 0
    settled: bool = True

    def protects(self, *, segment: str, size: str) -> bool:
        """Tell whether it holds for a customer of this segment and size of the national register (empty = not known)."""
        if size and size in self.except_sizes:
            return False
        return (not self.segments and not self.sizes) or segment in self.segments or size in self.sizes


@functools.cache
def parameters() -> tuple[Parameter, ...]:
    """Return every parameter of the file, in order."""
    return tuple(_parameter(given) for given in yaml.safe_load(FILE.read_text(encoding="utf-8")))


def _parameter(given: dict[str, Any]) -> Parameter:
    lists = {name: tuple(given[name]) for name in ("segments", "sizes", "except_sizes")}
    return Parameter(**{**given, **lists, "value": Decimal(given["value"])})


def in_force(*, segment: str, size: str, day: dt.date, known: Sequence[Parameter] | None = None) -> tuple[Parameter, ...]:
    """Return what protects a customer on a day."""
    return tuple(
        one
        for one in (parameters() if known is None else known)
        if one.valid_from <= day and (one.valid_to is None or day < one.valid_to) and one.protects(segment=segment, size=size)
    )


def value(found: Iterable[Parameter], code: str) -> Decimal | None:
    """Return the value of a rule, None when it does not hold."""
    return next((one.value for one in found if one.code == code), None)


def months_over_cap(*, commitments: Iterable[int], found: Iterable[Parameter]) -> int:
    """Return the longest commitment that passes the cap, 0 when none does: the customer must then waive it, of their own will."""
    cap = value(found, "commitment_cap")
    return max((months for months in commitments if cap is not None and months > cap), default=0)


def waiver_obstacles(*, months: int, has_waived: bool) -> list[obstacles.Obstacle]:
    """Return why an acceptance cannot be taken: the commitment passes what the law allows and the customer did not waive it."""
    if not months or has_waived:
        return []
    return [
        obstacles.Obstacle(
            "quote.commitment_cap",
            obstacles.Severity.REFUSAL,
            text.T("L’engagement de {months} mois dépasse les 24 mois que la loi garantit aux petites entreprises.", months=months),
            text.T("Cochez le renoncement si vous l’acceptez de votre plein gré, ou demandez une version à 24 mois."),
            "has_waived",
        ),
    ]
