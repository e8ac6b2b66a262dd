"""Screens of billing: each page is drawn with real data, and refused to those of another agency."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from billing import billing_world
from come.billing import commands, models
from come.shared import formatting
from come.usage import records as usage_records

OCT_1 = dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch, settings, tmp_path):
    settings.COME_HOME = tmp_path
    return billing_world.build(monkeypatch)


def new_id() -> str:
    return str(uuid.uuid4())


def issued(world) -> models.CustomerBill:
    billing_world.install(
        world, 2, at=OCT_1, prices=[billing_world.price("PLAN", "31.00", clause_number="4.2", clause_text="31 € par ligne")]
    )
    billing_world.used(world, 0, 1_234_567)
    run_id = billing_world.through_issue()
    commands.draw_documents(run_id=run_id, at=billing_world.AT, workers=1)
    return models.CustomerBill.objects.get()


def test_the_seller_reads_the_bill_and_each_why(world, browse, monkeypatch):
    bill = issued(world)
    client = browse(world.fleet.alice)
    page = client.get(f"/factures/{bill.id}/").content.decode()
    assert "NVL-2026-0000001" in page
    assert "150,28" in page
    rates = client.get(f"/factures/{bill.id}/montants/").content.decode()
    assert rates.count("Pourquoi\u202f?") == models.AppliedCustomerBillingRate.objects.count() == 5
    usage = models.AppliedCustomerBillingRate.objects.get(kind="usage")
    call = usage_records.UsageRecord(
        "r1", "voice", "out", "+336399800••", billing_world.AT, "FR-MOBILE", "Mobiles France", 61, 61, 0, 42_000, None,
    )  # fmt: skip
    monkeypatch.setattr("come.billing.queries.bill_rows.usage_queries.records_of", lambda **_: [call])
    why = client.get(f"/factures/{bill.id}/montants/{usage.id}/").content.decode()
    for wanted in ("1,234567", "+336399800••", "1 min 01 s", "0,042"):
        assert wanted in why
    assert "shell.js" in client.get(f"/factures/{bill.id}/montants/?q=06").content.decode(), "a whole page without htmx"
    assert "shell.js" not in client.get(f"/factures/{bill.id}/montants/", headers={"HX-Request": "true"}).content.decode()
    plan = models.AppliedCustomerBillingRate.objects.filter(kind="recurring").first()
    assert "article 4.2" in client.get(f"/factures/{bill.id}/montants/{plan.id}/").content.decode()
    assert "Première facture" in client.get(f"/factures/{bill.id}/comparaison/").content.decode()
    assert client.get(f"/factures/{bill.id}/document/pdf/").getvalue().startswith(b"%PDF")
    assert client.get(f"/factures/{bill.id}/document/xml/")["Content-Type"] == "application/xml"
    assert "NVL-2026-0000001" in client.get("/factures/").content.decode()
    assert "NVL-2026-0000001" in client.get(f"/factures/entreprise/{world.fleet.company_reference}/resume/").content.decode()
    found = client.get("/recherche/?q=NVL-2026-0000001").content.decode()
    assert f"{formatting.money(bill.gross_amount)} TTC" in found
    assert f"{bill.gross_amount} €" not in found
    assert "63,23" in client.get(f"/factures/ligne/{billing_world.line_id(0)}/resume/").content.decode()


def test_another_agency_sees_nothing_of_it(world, browse):
    bill = issued(world)
    client = browse(world.fleet.charlie)
    rate = models.AppliedCustomerBillingRate.objects.first()
    for path in ("", "montants/", "comparaison/", "document/pdf/", "document/xml/", f"montants/{rate.id}/"):
        answer = client.get(f"/factures/{bill.id}/{path}")
        assert (path, answer.status_code) == (path, 403)
        assert "NVL-2026" not in answer.content.decode()
    assert "NVL-2026" not in client.get("/factures/").content.decode()


def test_a_seller_has_no_console(world, browse):
    client = browse(world.fleet.alice)
    assert client.get("/factures/facturations/").status_code == 403
    assert client.post("/factures/facturations/", {"cycle": "2026-10", "request_id": "x"}).status_code == 403
    assert models.BillRun.objects.count() == 0


def test_the_operator_opens_repairs_approves_and_issues(world, browse):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("FREE", "0.00")])
    client = browse(billing_world.OLIVIA)
    assert client.get("/factures/facturations/").status_code == 200
    opened = client.post("/factures/facturations/", {"cycle": "2026-10", "request_id": new_id()})
    assert opened.status_code == 303
    run = models.BillRun.objects.get()
    commands.compute_run(run_id=run.id, actor=billing_world.OLIVIA, at=billing_world.AT)
    console = client.get(f"/factures/facturations/{run.reference}/").content.decode()
    assert "La facture est nulle" in console
    bill = models.CustomerBill.objects.get()
    assert "Lever la retenue" in client.get(f"/factures/{bill.id}/").content.decode()
    released = client.post(f"/factures/{bill.id}/agir/", {"act": "release", "decision": "Offert", "request_id": new_id()})
    assert released.status_code == 303
    commands.check_run(run_id=run.id, actor=billing_world.OLIVIA, at=billing_world.AT)
    refused = client.post(f"/factures/facturations/{run.reference}/agir/", {"act": "approve", "request_id": new_id()})
    assert refused.status_code == 422
    second = browse(billing_world.OSCAR)
    assert second.post(f"/factures/facturations/{run.reference}/agir/", {"act": "approve", "request_id": new_id()}).status_code == 303
    assert second.post(f"/factures/facturations/{run.reference}/agir/", {"act": "issue", "request_id": new_id()}).status_code == 303
    assert models.CustomerBill.objects.get().number == "NVL-2026-0000001"
    assert "Documents préparés" in client.get(f"/factures/facturations/{run.reference}/suivi/").content.decode()
    commands.draw_documents(run_id=run.id, at=billing_world.AT, workers=1)
    assert client.get(f"/factures/facturations/{run.reference}/suivi/")["HX-Refresh"] == "true"
    assert run.reference in client.get("/factures/accueil/").content.decode()


def test_a_draft_pdf_is_drawn_before_issue(world, browse):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "31.00")])
    billing_world.through_check()
    bill = models.CustomerBill.objects.get()
    client = browse(world.fleet.alice)
    assert client.get(f"/factures/{bill.id}/document/pdf/").content.startswith(b"%PDF")
    assert client.get(f"/factures/{bill.id}/document/xml/").status_code == 404


def test_the_api_speaks_tm_forum(world, browse):
    bill = issued(world)
    client = browse(world.fleet.alice)
    listed = client.get("/tmf-api/customerBillManagement/v4/customerBill?state=sent")
    assert (listed.status_code, listed["X-Total-Count"]) == (200, "1")
    body = client.get(f"/tmf-api/customerBillManagement/v4/customerBill/{bill.id}").json()
    assert (body["billNo"], body["state"], body["taxIncludedAmount"]) == ("NVL-2026-0000001", "sent", {"unit": "EUR", "value": 150.28})
    rates = client.get(f"/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate?bill.id={bill.id}").json()
    assert sum(Decimal(str(rate["taxExcludedAmount"]["value"])) for rate in rates) == bill.net_amount == Decimal("125.23")
    assert client.get("/tmf-api/customerBillManagement/v4/customerBill?sate=sent").status_code == 400
    other = browse(world.fleet.charlie)
    assert other.get("/tmf-api/customerBillManagement/v4/customerBill").json() == []
    assert other.get(f"/tmf-api/customerBillManagement/v4/customerBill/{bill.id}").status_code == 403
    assert other.get(f"/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate?bill.id={bill.id}").json() == []
