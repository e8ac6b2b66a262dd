"""Two people at the same second, and work that is killed: one number each, nothing twice, nothing lost."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from billing import billing_world
from come.billing import commands, models
from come.billing.commands import storing
from come.shared import obstacles

OCT_1 = dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)


def three_accounts(world):
    for number in (2, 3, 4):
        account = billing_world.add_account(world, number)
        billing_world.install(
            world, 1, first=number * 10, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")], billing_account_id=account
        )


@pytest.mark.django_db(transaction=True)
def test_two_issues_at_once_give_each_bill_one_number(monkeypatch, settings, tmp_path):
    settings.COME_HOME = tmp_path
    world = billing_world.build(monkeypatch)
    three_accounts(world)
    run_id = billing_world.through_check()
    commands.approve_run(run_id=run_id, actor=billing_world.OSCAR, at=billing_world.AT)
    issued, barrier = [], threading.Barrier(2)

    def issue():
        barrier.wait()
        try:
            issued.append(commands.issue_run(run_id=run_id, actor=billing_world.OLIVIA, at=billing_world.AT).bills)
        except obstacles.Refusal:
            issued.append(-1)
        finally:
            connection.close()

    threads = [threading.Thread(target=issue) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(issued) == [0, 3]
    numbers = sorted(models.CustomerBill.objects.filter(state="issued").values_list("number", flat=True))
    assert numbers == [f"NVL-2026-{number:07d}" for number in (1, 2, 3)]
    assert models.LedgerEntry.objects.count() == 3


@pytest.mark.django_db
def test_a_computing_that_is_killed_goes_on_where_it_stopped(monkeypatch, settings, tmp_path):
    settings.COME_HOME = tmp_path
    world = billing_world.build(monkeypatch)
    three_accounts(world)
    run = commands.open_run(cycle=billing_world.CYCLE, actor=billing_world.OLIVIA, at=billing_world.AT)
    honest, calls = storing.write, []

    def dies_at_the_second(*given):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        honest(*given)

    monkeypatch.setattr(storing, "write", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        commands.compute_run(run_id=run.run_id, actor=billing_world.OLIVIA, at=billing_world.AT, batch_accounts=2)
    # The four accounts come by reference: the first two are done, the others are still due.
    assert models.CustomerBill.objects.filter(state="due").count() == 2
    done = dict(models.CustomerBill.objects.filter(state="computed").values_list("id", "computed_at"))
    monkeypatch.setattr(storing, "write", honest)
    later = billing_world.AT + dt.timedelta(hours=1)
    answer = commands.compute_run(run_id=run.run_id, actor=billing_world.OLIVIA, at=later)
    assert (answer.computed, answer.held, answer.refused) == (3, 0, 1)
    assert dict(models.CustomerBill.objects.filter(id__in=done).values_list("id", "computed_at")) == done
    assert models.AppliedCustomerBillingRate.objects.count() == 6


@pytest.mark.django_db
def test_an_invoice_that_is_not_the_proven_one_is_not_drawn(monkeypatch, settings, tmp_path):
    settings.COME_HOME = tmp_path
    world = billing_world.build(monkeypatch)
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    run_id = billing_world.through_check()
    models.CustomerBill.objects.update(proven_xml_sha256="0" * 64)
    commands.approve_run(run_id=run_id, actor=billing_world.OSCAR, at=billing_world.AT)
    commands.issue_run(run_id=run_id, actor=billing_world.OLIVIA, at=billing_world.AT)
    with pytest.raises(RuntimeError, match="not the one that was proven"):
        commands.draw_documents(run_id=run_id, at=billing_world.AT, workers=1)
    assert models.BillDocument.objects.count() == 0
    assert not list((tmp_path / "invoices").glob("*.pdf"))
