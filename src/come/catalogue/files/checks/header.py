"""The folder's own description."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator

from come.catalogue.files import content, problems
from come.catalogue.files.checks import index, references
from come.shared import text


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report a currency that the product does not charge in (amounts of two currencies are never added), and unknown zones."""
    header = known.catalogue.header
    if header.currency != content.CURRENCY:
        yield known.problem(
            header,
            "currency",
            "currency.unknown",
            text.T(
                "La monnaie « {currency} » n’est pas prise en charge : tous les montants sont en {known}.",
                currency=header.currency,
                known=content.CURRENCY,
            ),
            text.T("Convertissez les montants en euros et écrivez « currency: {known} ».", known=content.CURRENCY),
        )
    home = known.zones.get(header.home_zone)
    if header.home_zone and known.zones and (home is None or home.kind != "roaming"):
        yield from references.unknown(known, header, "home_zone", text.T("la zone d’itinérance"), header.home_zone)
    try:
        zoneinfo.ZoneInfo(header.contract_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        yield from references.unknown(known, header, "contract_zone", text.T("le fuseau horaire"), header.contract_zone)
