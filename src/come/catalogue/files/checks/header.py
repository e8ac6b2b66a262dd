"""The folder's own description."""

from __future__ import annotations

from collections.abc import Iterator

from come.catalogue.files import content, problems
from come.catalogue.files.checks import index
from come.shared import text


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report a currency that the product does not charge in: amounts of two currencies are never added."""
    header = known.catalogue.header
    if header.currency != content.CURRENCY:
        yield known.problem(
            header,
            "currency",
            "currency.unknown",
            text.T("La monnaie « {currency} » n’est pas prise en charge : tous les montants sont en {known}.", currency=header.currency, known=content.CURRENCY),
            text.T("Convertissez les montants en euros et écrivez « currency: {known} ».", known=content.CURRENCY),
        )
