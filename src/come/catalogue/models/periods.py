"""Constraints on `[valid_from, valid_to)` shared by the catalogue's tables."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres import constraints, fields
from django.db import models
from django.db.models import Func, Q


class DateRange(Func):
    """The days of two columns as a PostgreSQL range."""

    function = "DATERANGE"
    output_field = fields.DateRangeField()


def ends_after_start(name: str) -> models.CheckConstraint:
    """Return the rule that a period ends after it starts."""
    return models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")), name=name)


def no_overlap(name: str, keys: Sequence[str], condition: Q | None = None) -> constraints.ExclusionConstraint:
    """Return the rule that what shares these keys never holds on the same day twice.

    Checked at commit, because an import ends one period and starts the next in one transaction, in any order.
    """
    return constraints.ExclusionConstraint(
        name=name,
        expressions=[
            (DateRange("valid_from", "valid_to"), fields.RangeOperators.OVERLAPS),
            *((key, fields.RangeOperators.EQUAL) for key in keys),
        ],
        condition=condition,
        deferrable=models.Deferrable.DEFERRED,
    )
