"""What must be true of a catalogue beyond the form of its files; every rule, every mistake at once."""

from __future__ import annotations

from come.catalogue.files import content, problems, shapes
from come.catalogue.files.checks import (
    agreements,
    bundles,
    commitments,
    duplicates,
    header,
    index,
    offerings,
    periods,
    reach,
    references,
    rules,
    tariffs,
)

_CHECKS = (
    header.check,
    duplicates.check,
    periods.check,
    offerings.check,
    references.check,
    rules.check,
    bundles.check,
    reach.check,
    tariffs.check,
    agreements.check,
    commitments.check,
)


def check(catalogue: content.CatalogueContent, reading: shapes.Reading) -> list[problems.Problem]:
    """Return every mistake of a catalogue, in the order of files and lines; the reading's own mistakes come with them.

    Objects that are not in the reading (those already in force) are trusted to be placed nowhere: a mistake that
    involves one of them is shown without a line.
    """
    known = index.Index(catalogue, reading)
    found = [*reading.found, *(problem for rule in _CHECKS for problem in rule(known))]
    return sorted(set(found))
