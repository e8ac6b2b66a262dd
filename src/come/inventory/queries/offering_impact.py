"""Who has an offer installed: what a new version of it would, and would not, change."""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal

from django.db import connection

from come.catalogue import queries as catalogue_queries
from come.inventory import policies
from come.shared import actor as actors
from come.staff import policies as rights

_BY_VERSION = """
SELECT p.offering_version, count(*), count(DISTINCT p.customer_file_id),
       coalesce(sum((SELECT sum(price.amount_exact) FROM inventory_product_price price
                      WHERE price.product_id = p.id AND price.price_type = 'recurring' AND price.end_date IS NULL)), 0)
  FROM inventory_product p
 WHERE p.offering_code = %(code)s AND p.state = ANY(%(live)s) AND (%(all)s OR p.agency_id = ANY(%(agencies)s))
 GROUP BY p.offering_version ORDER BY p.offering_version
"""
_BY_CUSTOMER = """
SELECT file.reference, file.name, count(*)
  FROM inventory_product p JOIN party_customer_file file ON file.id = p.customer_file_id
 WHERE p.offering_code = %(code)s AND p.state = ANY(%(live)s) AND (%(all)s OR p.agency_id = ANY(%(agencies)s))
 GROUP BY file.reference, file.name ORDER BY count(*) DESC, file.reference LIMIT 10
"""
_ON_TARIFF = """
SELECT count(DISTINCT line.id), count(DISTINCT line.customer_file_id)
  FROM inventory_product_usage_term term JOIN inventory_product line ON line.id = term.line_id
 WHERE term.tariff_code = %(tariff)s AND term.valid_to IS NULL AND line.state = ANY(%(live)s)
   AND (%(all)s OR line.agency_id = ANY(%(agencies)s))
"""


@dataclasses.dataclass(frozen=True, slots=True)
class InstalledVersion:
    """How many live products have one version of an offer, and what they pay a month at their frozen prices."""

    version: int
    products: int
    customers: int
    monthly: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class InstalledImpact:
    """Who has the offer, by version; who is rated by its tariff, of whom usage prices do change."""

    versions: tuple[InstalledVersion, ...]
    customers: tuple[tuple[str, str, int], ...]
    tariff_code: str
    changes_usage: bool
    tariff_lines: int
    tariff_customers: int

    @property
    def products(self) -> int:
        """Return how many live products have the offer."""
        return sum(one.products for one in self.versions)


def offering_impact(*, offering_id: uuid.UUID, viewer: actors.Actor) -> InstalledImpact:
    """Return who has the offer of a version installed (three statements beside the catalogue's own).

    Installed products keep their frozen prices; usage prices of a tariff change for every line that it rates. Raises NotAllowed, NotFound.
    """
    rights.require(viewer, "inventory.read")
    version = catalogue_queries.visible_offering(offering_id=offering_id, viewer=viewer)
    tariff, rates, _tariffs = catalogue_queries.draft_rates(offering_id=offering_id, viewer=viewer)
    asked: dict[str, str | bool | list[str] | list[uuid.UUID]] = {
        "code": version.code,
        "tariff": tariff or "",
        "live": list(policies.LIVE_STATES),
        "all": viewer.sees_all_agencies,
        "agencies": list(viewer.agency_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_VERSION, asked)
        versions = tuple(InstalledVersion(*row) for row in cursor.fetchall())
        cursor.execute(_BY_CUSTOMER, asked)
        customers = tuple(cursor.fetchall())
        cursor.execute(_ON_TARIFF, asked)
        lines, rated_customers = cursor.fetchone() if tariff else (0, 0)
    return InstalledImpact(versions, customers, tariff or "", bool(rates), lines, rated_customers)
