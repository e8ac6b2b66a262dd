"""Make, quote and edit one order in Tryton, inside Tryton's own environment; prints one JSON object of seconds.

Called by `come bench quotes` with the name of an empty database, the number of lines and the number of edits, on the server that PGHOST
and PGUSER name. What is timed is Tryton at its best: its models called in its own process, no request over the network, no client.
"""

from __future__ import annotations

import importlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from typing import Any


def main(database: str, lines: int, edits: int) -> dict[str, float]:
    """Create Tryton's tables with `trytond-admin`, then measure."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = pathlib.Path(folder) / "trytond.conf"
        configuration.write_text("[database]\nuri = postgresql://\n", encoding="utf-8")
        secret = pathlib.Path(folder) / "password"
        secret.write_text("banc-d-essai-2026", encoding="utf-8")
        admin = pathlib.Path(sys.executable).with_name("trytond-admin")
        command = [str(admin), "-c", str(configuration), "-d", database, "--all", "--email", "banc@essai.example", "--password"]
        started = time.perf_counter()
        subprocess.run([*command], check=True, env={**os.environ, "TRYTONPASSFILE": str(secret)}, stdout=sys.stderr)  # noqa: S603 - Tryton's own command
        subprocess.run(  # noqa: S603 - Tryton's own command
            [*command[:5], "-u", "sale", "--activate-dependencies"], check=True, stdout=sys.stderr, env=dict(os.environ)
        )
        created = time.perf_counter() - started
        importlib.import_module("trytond.config").update_etc(str(configuration))
        return {"database": created, **_measure(database, lines, edits)}


def _measure(database: str, lines: int, edits: int) -> dict[str, float]:
    pool_class = importlib.import_module("trytond.pool").Pool
    transaction = importlib.import_module("trytond.transaction").Transaction
    pool_class.start()
    pool = pool_class(database)
    pool.init()
    with transaction().start(database, 0) as now:
        given = _company(pool)
        now.commit()
    with transaction().start(database, 0, context={"company": given["company"].id}) as now:
        given |= _world(pool, given)
        now.commit()
    context = {"company": given["company"].id, "language": "en"}

    with transaction().start(database, 0, context=context) as now:
        started = time.perf_counter()
        order_id = _order(pool, given, lines)
        now.commit()
        created = time.perf_counter() - started
    times = []
    for place in range(edits):
        with transaction().start(database, 0, context=context) as now:
            started = time.perf_counter()
            _edit(pool, order_id, place)
            now.commit()
            times.append(time.perf_counter() - started)
    with transaction().start(database, 0, context=context) as now:
        started = time.perf_counter()
        sale = pool.get("sale.sale")
        sale.quote([sale(order_id)])
        now.commit()
        quoted = time.perf_counter() - started
    return {"create": created, "edit": statistics.median(times), "quote": quoted}


def _company(pool: Any) -> dict[str, Any]:
    """Make the company that sells, in euros."""
    currency = pool.get("currency.currency")(name="Euro", symbol="€", code="EUR")
    currency.save()
    rate = pool.get("currency.currency.rate")(currency=currency, rate=Decimal(1))
    rate.save()
    own = pool.get("party.party")(name="Novaline")
    own.save()
    company = pool.get("company.company")(party=own, currency=currency)
    company.save()
    return {"currency": currency, "company": company}


def _world(pool: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Make a customer, and as many things to sell as a fleet has packs."""
    party_class, address_class = pool.get("party.party"), pool.get("party.address")
    customer = party_class(name="Client du banc d'essai")
    customer.save()
    address = address_class(party=customer, street="1 rue de l'Essai", city="Lyon", postal_code="69001")
    address.save()
    kind = pool.get("account.account.type")(name="Ventes", company=given["company"], statement="income", revenue=True)
    kind.save()
    account = pool.get("account.account")(name="Ventes", code="706", type=kind, company=given["company"])
    account.save()
    category = pool.get("product.category")(name="Abonnements", accounting=True, account_revenue=account)
    category.save()
    unit = pool.get("product.uom").search([("symbol", "=", "u")])[0]
    products = []
    for number in range(24):
        template = pool.get("product.template")(name=f"Pack {number}", type="service", salable=True, default_uom=unit, sale_uom=unit)
        template.list_price = Decimal(20 + number)
        template.account_category = category
        template.save()
        product = pool.get("product.product")(template=template)
        product.save()
        products.append(product)
    return {"customer": customer, "address": address, "products": products}


def _order(pool: Any, given: dict[str, Any], lines: int) -> int:
    """Create the order and its lines, each with the price that Tryton finds for it, as a person's entry or an import does."""
    sale_class, line_class = pool.get("sale.sale"), pool.get("sale.line")
    company, customer = pool.get("company.company")(given["company"].id), pool.get("party.party")(given["customer"].id)
    sale = sale_class(company=company, party=customer, currency=company.currency)
    sale.on_change_party()
    address = pool.get("party.address")(given["address"].id)
    sale.invoice_address = sale.shipment_address = address
    made = []
    for number in range(lines):
        product = pool.get("product.product")(given["products"][number % len(given["products"])].id)
        line = line_class(sale=sale, type="line", product=product, quantity=1)
        line.on_change_product()
        made.append(line)
    sale.lines = made
    sale.save()
    return int(sale.id)


def _edit(pool: Any, order_id: int, place: int) -> None:
    """Change the quantity of one line, find its price again, save, and read the totals, as a screen does."""
    sale = pool.get("sale.sale")(order_id)
    line = sale.lines[place]
    line.quantity = 2 + place
    line.on_change_quantity()
    line.save()
    _ = pool.get("sale.sale")(order_id).total_amount


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
