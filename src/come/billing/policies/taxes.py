"""Which VAT applies: dated rules as data; a missing rule is an obstacle, never a rate by default."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from come.billing import records
from come.billing.invoicing import document
from come.shared import obstacles, text

DEPOSIT = "deposit"

# CGI art. 278 (20 %) and 296 (8.5 % in Guadeloupe, Martinique, Réunion). Guyane, Mayotte and exports have no rule here
# on purpose: their category and reason are the tax adviser's to give, as data.
STANDARD_RULES = (
    records.TaxRule("FR", "standard", "", "S", Decimal(20), "", "", dt.date(2014, 1, 1), None),
    records.TaxRule("FR", "reduced", "", "S", Decimal("5.5"), "", "", dt.date(2014, 1, 1), None),
    records.TaxRule("FR", DEPOSIT, "", "O", Decimal(0), "Dépôt de garantie, hors champ de la TVA", "VATEX-EU-O", dt.date(2014, 1, 1), None),
    records.TaxRule("DROM", "standard", "", "S", Decimal("8.5"), "", "", dt.date(2014, 1, 1), None),
    records.TaxRule("DROM", "reduced", "", "S", Decimal("2.1"), "", "", dt.date(2014, 1, 1), None),
    records.TaxRule(
        "DROM", DEPOSIT, "", "O", Decimal(0), "Dépôt de garantie, hors champ de la TVA", "VATEX-EU-O", dt.date(2014, 1, 1), None
    ),
)


def find(
    *,
    rules: Iterable[records.TaxRule],
    territory: str,
    tax_category: str,
    nature: str,
    day: dt.date,
) -> document.Tax | None:
    """Return the VAT in force that day; a rule for the very nature wins over one for any."""
    fitting = [
        rule
        for rule in rules
        if rule.territory == territory
        and rule.tax_category == tax_category
        and rule.nature in ("", nature)
        and rule.valid_from <= day
        and (rule.valid_to is None or day < rule.valid_to)
    ]
    if not fitting:
        return None
    rule = max(fitting, key=lambda found: (found.nature != "", found.valid_from))
    return document.Tax(rule.category, rule.rate, rule.exemption_reason, rule.exemption_code)


def missing(*, territory: str, tax_category: str, name_fr: str) -> obstacles.Obstacle:
    """Return the obstacle of a VAT that no rule gives."""
    return obstacles.Obstacle(
        "billing.missing_tax_rule",
        obstacles.Severity.OBSTACLE,
        text.T(
            "Aucune règle de TVA pour « {name} » (catégorie {category}) sur le territoire {territory}.",
            name=name_fr,
            category=tax_category,
            territory=territory,
        ),
        text.T("Ajoutez la règle de TVA du territoire, ou corrigez le territoire du compte, puis recalculez ce compte."),
        "tax_rules",
    )
