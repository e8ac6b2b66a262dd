"""Lines of an existing fleet, as the tests of quotes and orders on it install them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from come.inventory import records as inventory
from come.shared import identifiers, ids


def held_price(code, amount, offering="MOB-5", **given):
    values = {"price_type": "recurring", "list_amount": Decimal(amount)} | given
    return inventory.NewPrice(
        code,
        f"Prix {code}",
        nature="service",
        tax_category="standard",
        amount=Decimal(amount),
        offering_code=offering,
        offering_version=1,
        **values,
    )


def installed_line(world, number, **given):
    """Return a line of the fleet: Éco 5 Go at a negotiated 7,90 €, protection at 2 €, committed from 1 March 2026 for 24 months."""
    values = {
        "line_id": ids.derived("test.fleet", number),
        "customer_file_id": world.company,
        "agency_id": world.lyon,
        "billing_account_id": world.account,
        "offering_code": "MOB-5",
        "offering_version": 1,
        "name_fr": "Éco 5 Go",
        "activated_at": dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC),
        "user_label": f"Salarié {number}",
        "msisdn": identifiers.test_msisdn(700 + number),
        "iccid": identifiers.test_iccid(700 + number),
        "commitment_end_date": dt.date(2028, 3, 1),
        "prices": (held_price("ABO", "7.90", list_amount=Decimal("9.90"), clause_number="9.9"),),
        "parts": (inventory.NewPart("OPT-SEC", 1, "Protection mobile", "option", (held_price("ABO", "2.00", "OPT-SEC"),)),),
    }
    return inventory.NewLine(**(values | given))
