"""A billing from opening to numbered invoices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing import billing_world
from come.billing import commands, models, queries
from come.billing.policies import assembly
from come.edges.facturx import validate
from come.inventory import models as inventory_models
from come.party import models as party_models
from come.shared import obstacles

OCT_1 = dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch, settings, tmp_path):
    settings.COME_HOME = tmp_path
    return billing_world.build(monkeypatch)


def only_bill() -> models.CustomerBill:
    return models.CustomerBill.objects.get()


def test_from_opening_to_a_proven_numbered_invoice(world, settings):
    billing_world.install(world, 3, at=dt.datetime(2026, 10, 12, 8, tzinfo=dt.UTC), prices=[billing_world.price("PLAN", "31.00")])
    billing_world.used(world, 0, 1_234_567)
    run_id = billing_world.through_check()
    bill = only_bill()
    # 20 days of October at 31 €/31 days, November in advance, three lines; usage rounded once: 1.23.
    assert (bill.state, bill.net_amount, bill.tax_amount, bill.gross_amount) == (
        "checked",
        Decimal("154.23"),
        Decimal("30.85"),
        Decimal("185.08"),
    )
    assert bill.net_amount_exact == Decimal("154.234567")
    assert bill.number is None
    assert commands.approve_run(run_id=run_id, actor=billing_world.OSCAR, at=billing_world.AT) == 1
    issued = commands.issue_run(run_id=run_id, actor=billing_world.OLIVIA, at=billing_world.AT)
    assert (issued.bills, issued.first_number, issued.gross_amount) == (1, "NVL-2026-0000001", Decimal("185.08"))
    assert commands.draw_documents(run_id=run_id, at=billing_world.AT, workers=1) == 1
    assert commands.draw_documents(run_id=run_id, at=billing_world.AT, workers=1) == 0
    xml = (settings.COME_HOME / "invoices" / "NVL-2026-0000001.xml").read_bytes()
    (proof,) = validate.prove_xml([("invoice", xml)])
    assert proof.passes
    assert b">NVL-2026-0000001<" in xml
    assert {document.kind for document in models.BillDocument.objects.all()} == {"pdf", "xml"}


def test_the_ledger_balances_and_equals_the_invoices(world):
    billing_world.install(
        world, 2, at=OCT_1, prices=[billing_world.price("PLAN", "10.005"), billing_world.price("PHONE", "99.99", "one_off", "goods")]
    )
    billing_world.through_issue()
    lines = {(line.account_number, line.debit, line.credit) for line in models.LedgerLine.objects.all()}
    bill = only_bill()
    # 10.005 × 2 lines × 2 months = 20.01 + 20.01; goods 199.98; VAT 20 % of 240.00.
    assert lines == {
        ("411000", Decimal("288.00"), Decimal("0.00")),
        ("706000", Decimal("0.00"), Decimal("40.02")),
        ("707000", Decimal("0.00"), Decimal("199.98")),
        ("445710", Decimal("0.00"), Decimal("48.00")),
    }
    assert bill.gross_amount == Decimal("288.00")


def test_the_next_month_charges_only_what_is_new(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "31.00")])
    billing_world.through_issue()
    billing_world.through_issue("2026-11", dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC))
    rates = list(models.AppliedCustomerBillingRate.objects.order_by("id").values_list("start_date", "end_date", "amount"))
    assert rates == [
        (dt.date(2026, 10, 1), dt.date(2026, 11, 1), Decimal("31.00")),
        (dt.date(2026, 11, 1), dt.date(2026, 12, 1), Decimal("31.00")),
        (dt.date(2026, 12, 1), dt.date(2027, 1, 1), Decimal("31.00")),
    ]
    second = models.CustomerBill.objects.get(cycle="2026-11")
    compared = queries.compare(bill_id=second.id, viewer=world.fleet.alice)
    # The first bill had October and November.
    assert [(item.code, item.amount) for item, _ in compared.differences] == [("proration", Decimal("-31.00"))]
    assert (compared.change_amount, compared.previous.number) == (Decimal("-31.00"), "NVL-2026-0000001")
    (invoice,) = queries.invoice_documents(bill_ids=[second.id])
    assert invoice.presentation.comparison.previous_number == "NVL-2026-0000001"
    numbers = list(models.CustomerBill.objects.order_by("number").values_list("number", flat=True))
    assert numbers == ["NVL-2026-0000001", "NVL-2026-0000002"]


def test_numbers_are_gapless_in_the_order_of_accounts(world):
    for number in (5, 3, 9):
        account = billing_world.add_account(world, number)
        billing_world.install(
            world, 1, first=number * 10, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")], billing_account_id=account
        )
    billing_world.through_issue()
    issued = models.CustomerBill.objects.filter(state="issued").order_by("account_reference").values_list("account_reference", "number")
    assert list(issued) == [
        ("CF-2026-000003", "NVL-2026-0000001"),
        ("CF-2026-000005", "NVL-2026-0000002"),
        ("CF-2026-000009", "NVL-2026-0000003"),
    ]
    assert models.NumberSeries.objects.get().last_number == 3
    assert list(models.LedgerEntry.objects.order_by("entry_number").values_list("entry_number", flat=True)) == [1, 2, 3]


def test_an_account_in_error_is_held_and_the_others_leave(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    broken = billing_world.add_account(world, 7, vat_territory="GF_YT")
    billing_world.install(world, 1, first=50, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")], billing_account_id=broken)
    run_id = billing_world.through_issue()
    held = models.CustomerBill.objects.get(billing_account_id=broken)
    finding = held.findings.get()
    assert (held.state, finding.code, finding.owner_name) == ("held", "billing.missing_tax_rule", "Olivia Blanc")
    assert finding.promised_date == dt.date(2026, 11, 4)
    # Repaired, it leaves in the same run with the next number.
    party_models.BillingAccount.objects.filter(id=broken).update(vat_territory="DROM")
    assert commands.recompute_bill(bill_id=held.id, actor=billing_world.OLIVIA, at=billing_world.AT) == "computed"
    commands.check_run(run_id=run_id, actor=billing_world.OLIVIA, at=billing_world.AT)
    commands.approve_run(run_id=run_id, actor=billing_world.OSCAR, at=billing_world.AT)
    again = commands.issue_run(run_id=run_id, actor=billing_world.OLIVIA, at=billing_world.AT)
    assert (again.bills, again.first_number, again.gross_amount) == (1, "NVL-2026-0000002", Decimal("21.70"))


def test_an_unexpected_error_holds_one_account_alone(world, monkeypatch):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    bad = billing_world.add_account(world, 7)
    billing_world.install(world, 1, first=50, at=OCT_1, prices=[billing_world.price("BOOM", "10.00")], billing_account_id=bad)
    honest = assembly.assemble

    def explode(**given):
        if any(item.code == "BOOM" for item in given["items"]):
            raise ZeroDivisionError
        return honest(**given)

    monkeypatch.setattr(assembly, "assemble", explode)
    run_id = billing_world.through_check()
    states = dict(models.CustomerBill.objects.filter(run_id=run_id).values_list("billing_account_id", "state"))
    assert states == {world.fleet.account: "checked", bad: "held"}
    assert models.BillFinding.objects.get().code == "billing.unexpected"


def test_a_bill_that_breaks_a_public_rule_is_held_before_it_has_a_number(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    party_models.BillingAccount.objects.filter(id=world.fleet.account).update(endpoint_id="")
    billing_world.through_check()
    assert only_bill().state == "held"
    assert models.BillFinding.objects.get().code == "billing.endpoint"


def test_accounts_due_are_billed_held_or_refused(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    billing_world.add_account(world, 8)
    zero = billing_world.add_account(world, 9)
    billing_world.install(world, 1, first=60, at=OCT_1, prices=[billing_world.price("FREE", "0.00")], billing_account_id=zero)
    run = commands.open_run(cycle=billing_world.CYCLE, actor=billing_world.OLIVIA, at=billing_world.AT)
    done = commands.compute_run(run_id=run.run_id, actor=billing_world.OLIVIA, at=billing_world.AT, batch_accounts=1)
    assert run.accounts == done.computed + done.held + done.refused == 3
    assert (done.computed, done.held, done.refused) == (1, 1, 1)


def test_a_zero_bill_is_released_by_a_person_with_a_reason(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("FREE", "0.00")])
    billing_world.through_check()
    bill = only_bill()
    assert bill.state == "held"
    with pytest.raises(obstacles.Refusal, match="no_reason"):
        commands.release_bill(bill_id=bill.id, decision=" ", actor=billing_world.OLIVIA, at=billing_world.AT)
    commands.release_bill(bill_id=bill.id, decision="Essai gratuit convenu", actor=billing_world.OLIVIA, at=billing_world.AT)
    commands.check_run(run_id=bill.run_id, actor=billing_world.OLIVIA, at=billing_world.AT)
    assert only_bill().state == "checked"
    assert models.BillFinding.objects.get().decision == "Essai gratuit convenu"


def test_the_same_person_cannot_approve_and_nothing_changes(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    run_id = billing_world.through_check()
    with pytest.raises(obstacles.Refusal, match="same_person"):
        commands.approve_run(run_id=run_id, actor=billing_world.OLIVIA, at=billing_world.AT)
    with pytest.raises(obstacles.Refusal, match="run_state"):
        commands.issue_run(run_id=run_id, actor=billing_world.OLIVIA, at=billing_world.AT)
    assert only_bill().state == "checked"
    assert models.NumberSeries.objects.count() == 0


def test_a_seller_neither_runs_nor_approves(world):
    with pytest.raises(obstacles.NotAllowed):
        commands.open_run(cycle=billing_world.CYCLE, actor=world.fleet.alice, at=billing_world.AT)
    assert models.BillRun.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"cycle": "2026-11"}, "cycle_open"),
        ({"cycle": "2026-08"}, "before_opening"),
        ({"cycle": "octobre"}, "bad_cycle"),
        ({"account_references": ["CF-2026-000001"]}, "partial_run"),
    ],
)
def test_a_run_that_makes_no_sense_is_not_opened(world, given, code):
    with pytest.raises(obstacles.Refusal, match=code):
        commands.open_run(**({"cycle": billing_world.CYCLE, "actor": billing_world.OLIVIA, "at": billing_world.AT} | given))
    assert models.BillRun.objects.count() == 0


def test_a_cycle_is_billed_once_and_a_request_acts_once(world):
    olivia = billing_world.OLIVIA.with_request("one-click")
    first = commands.open_run(cycle=billing_world.CYCLE, actor=olivia, at=billing_world.AT)
    assert commands.open_run(cycle=billing_world.CYCLE, actor=olivia, at=billing_world.AT) == first
    with pytest.raises(obstacles.Refusal, match="already_open"):
        commands.open_run(cycle=billing_world.CYCLE, actor=billing_world.OLIVIA, at=billing_world.AT)
    assert models.BillRun.objects.count() == 1


def test_a_preview_changes_nothing_and_cannot_be_approved(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    run = commands.open_run(
        cycle=billing_world.CYCLE, actor=billing_world.OLIVIA, at=billing_world.AT, is_preview=True, account_references=["CF-2026-000001"]
    )
    commands.compute_run(run_id=run.run_id, actor=billing_world.OLIVIA, at=billing_world.AT)
    assert only_bill().net_amount == Decimal("20.00")
    with pytest.raises(obstacles.Refusal, match="preview"):
        commands.approve_run(run_id=run.run_id, actor=billing_world.OSCAR, at=billing_world.AT)
    assert models.ChargeProgress.objects.count() == 0


def test_issued_bills_and_bookings_refuse_change(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    billing_world.through_issue()
    bill = only_bill()
    for act in (
        lambda: models.CustomerBill.objects.filter(id=bill.id).update(customer_name="Autre"),
        lambda: models.AppliedCustomerBillingRate.objects.update(amount=0),
        lambda: models.InvoiceLine.objects.all().delete(),
        lambda: models.LedgerEntry.objects.update(label="Autre"),
        lambda: models.LedgerLine.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_ledger_line (entry_id, account_number, account_name, auxiliary_number, auxiliary_name, debit, credit)"
            " SELECT id, '411000', 'x', '', '', 1, 0 FROM billing_ledger_entry",
        )
    assert only_bill().customer_name == bill.customer_name


def test_a_terminated_line_gets_its_advance_back(world):
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "30.00")])
    billing_world.install(world, 1, first=5, at=OCT_1, prices=[billing_world.price("PLAN", "30.00")])
    billing_world.through_issue()
    inventory_models.ProductPrice.objects.filter(product_id=billing_world.line_id(5)).update(end_date=dt.date(2026, 11, 16))
    billing_world.through_issue("2026-11", dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC))
    bill = models.CustomerBill.objects.get(cycle="2026-11")
    given_back = bill.rates.get(kind="reversal")
    assert (given_back.start_date, given_back.end_date, given_back.amount) == (
        dt.date(2026, 11, 16),
        dt.date(2026, 12, 1),
        Decimal("-15.00"),
    )
    assert bill.net_amount == Decimal("15.00")
