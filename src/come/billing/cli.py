"""`come bill`: run, preview and explain bills from a terminal."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import click

from come.shared import actor as actors, formatting, money, runtime

STEPS = ("open", "compute", "check", "approve", "issue", "draw")


@click.group(help=runtime.both("Facturer : lancer, essayer, expliquer.", "Billing: run, preview, explain."))
def bill() -> None:
    """Group the commands of billing."""


@bill.command(help=runtime.both("Facturer un mois (2026-10), jusqu’à une étape.", "Bill a month (2026-10), up to a step."))
@click.argument("cycle")
@click.option("--until", type=click.Choice(STEPS), default="check", show_default=True)
@click.option("--as", "login", required=True, help=runtime.both("qui lance", "who runs"))
@click.option("--approver", default="", help=runtime.both("qui approuve (une autre personne)", "who approves (someone else)"))
@click.option("--issue-date", type=click.DateTime(["%Y-%m-%d"]), default=None)
@click.option("--proof", type=click.Choice(["all", "sampled"]), default="all", show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def run(  # noqa: PLR0917 - click passes options by name
    cycle: str, until: str, login: str, approver: str, issue_date: dt.datetime | None, proof: str, workers: int, as_json: bool
) -> None:
    """Open or take up the billing of a cycle and go on to the wanted step; each step may be replayed."""
    runtime.setup_django()
    from come.billing import commands, queries  # noqa: PLC0415 - after Django is set up
    from come.shared import clock  # noqa: PLC0415 - idem

    operator = _person(login)
    at = clock.now()
    day = issue_date.date() if issue_date else None
    known = next(
        (row for row in queries.runs(viewer=operator, with_previews=False) if row.cycle == cycle and row.state != "cancelled"), None
    )
    if known is None:
        opened = commands.open_run(cycle=cycle, actor=operator, at=at, issue_date=day)
        run_id, reference = opened.run_id, opened.reference
    else:
        run_id, reference = known.id, known.reference
    answers: dict[str, Any] = {"reference": reference}
    wanted = STEPS[: STEPS.index(until) + 1]
    if "compute" in wanted:
        answers["compute"] = dataclasses.asdict(commands.compute_run(run_id=run_id, actor=operator, at=at))
    if "check" in wanted:
        answers["check"] = dataclasses.asdict(commands.check_run(run_id=run_id, actor=operator, at=at, proof=commands.ProofExtent(proof)))
    if "approve" in wanted:
        answers["approve"] = _approve(run_id, _person(approver), at)
    if "issue" in wanted:
        answers["issue"] = dataclasses.asdict(commands.issue_run(run_id=run_id, actor=operator, at=at))
    if "draw" in wanted:
        answers["documents"] = commands.draw_documents(run_id=run_id, at=at, workers=workers)
    _say_run(queries.run(reference=reference, viewer=operator), answers, as_json=as_json)


def _approve(run_id: Any, approver: actors.Actor, at: dt.datetime) -> int:
    from come.billing import commands, queries  # noqa: PLC0415 - after Django is set up

    if not queries.bill_ids(run_id=run_id, states=["checked"]):
        return 0
    return commands.approve_run(run_id=run_id, actor=approver, at=at)


def _say_run(page: Any, answers: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        controls = [
            {"name": control.name, "left": control.left, "right": control.right, "holds": control.holds} for control in page.controls
        ]
        runtime.print_json(
            {
                **answers,
                "state": page.run.state,
                "counts": dict(page.run.counts),
                "gross_amount": page.run.gross_amount,
                "controls": controls,
            }
        )
        return
    click.echo(f"{page.run.reference}  {page.run.cycle}  {page.run.state}  {page.run.gross_amount} € TTC")
    for state, count in sorted(page.run.counts.items()):
        click.echo(f"  {state:<10} {count}")
    for control in page.controls:
        click.echo(f"  {'✓' if control.holds else '✗'} {control.name} : {control.left} / {control.right}")
    for held in page.held:
        for finding in held.findings:
            click.echo(f"  ⚠ {held.bill.account_reference} {held.bill.customer_name} : {finding.message}\n    → {finding.next_step}")


@bill.command(help=runtime.both("Essayer à blanc quelques comptes.", "Preview some accounts."))
@click.argument("cycle")
@click.option("--account", "accounts", multiple=True, required=True, help="CF-2026-000001")
@click.option("--as", "login", required=True)
@click.option(
    "--pdf", "folder", type=click.Path(file_okay=False), default=None, help=runtime.both("dossier où dessiner", "folder to draw in")
)
@click.option("--json", "as_json", is_flag=True)
def preview(cycle: str, accounts: tuple[str, ...], login: str, folder: str | None, as_json: bool) -> None:
    """Compute and check some accounts without a number nor a booking."""
    runtime.setup_django()
    import pathlib  # noqa: PLC0415 - with the others

    from come.billing import commands, ports, queries  # noqa: PLC0415 - after Django is set up
    from come.shared import clock, wiring  # noqa: PLC0415 - idem

    operator, at = _person(login), clock.now()
    opened = commands.open_run(cycle=cycle, actor=operator, at=at, is_preview=True, account_references=accounts)
    commands.compute_run(run_id=opened.run_id, actor=operator, at=at)
    commands.check_run(run_id=opened.run_id, actor=operator, at=at)
    page = queries.run(reference=opened.reference, viewer=operator)
    if folder:
        renderer: ports.InvoiceRenderer = wiring.port(ports.InvoiceRenderer)
        ids = queries.bill_ids(run_id=opened.run_id, states=["computed", "checked", "held"])
        target = pathlib.Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for invoice in queries.invoice_documents(bill_ids=ids):
            (target / f"{invoice.account_reference}.pdf").write_bytes(renderer.preview(invoice=invoice))
    _say_run(page, {"reference": opened.reference}, as_json=as_json)


@bill.command(help=runtime.both("Expliquer une facture, ou une de ses lignes mobiles.", "Explain a bill, or one of its phone lines."))
@click.argument("number")
@click.option("--as", "login", required=True)
@click.option("--line", "wanted", default="", help=runtime.both("numéro ou utilisateur", "number or user"))
@click.option("--limit", default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def explain(number: str, login: str, wanted: str, limit: int, as_json: bool) -> None:
    """Say why: the change since the last bill, then the largest amounts, step by step, down to the calls."""
    runtime.setup_django()
    from come.billing import queries  # noqa: PLC0415 - after Django is set up

    viewer = _person(login)
    found = queries.bill_row(viewer=viewer, number=number)
    compared = queries.compare(bill_id=found.id, viewer=viewer)
    rows, total = queries.bill_rates(bill_id=found.id, viewer=viewer, wanted=wanted, limit=limit)
    explained = [queries.explain_rate(bill_id=found.id, rate_id=row.id, viewer=viewer) for row in rows]
    if as_json:
        runtime.print_json(
            {
                "number": found.number,
                "customer": found.customer_name,
                "gross_amount": found.gross_amount,
                "change": [{"reason": reason, "lines": item.lines, "amount": item.amount} for item, reason in compared.differences],
                "total": total,
                "amounts": [
                    {
                        "user": item.row.rate.user_label,
                        "amount": item.row.rate.amount,
                        "sentences": item.sentences,
                        "usage": [dataclasses.asdict(record) for record in item.usage_records],
                    }
                    for item in explained
                ],
            },
        )
        return
    click.echo(f"{found.number}  {found.customer_name}  {found.gross_amount} € TTC")
    for item, reason in compared.differences:
        click.echo(f"  {item.amount:+} €  {reason}")
    for shown in explained:
        click.echo(f"\n{shown.row.rate.user_label} {shown.row.rate.msisdn}  {shown.row.rate.amount} € HT")
        for sentence in shown.sentences:
            click.echo(f"  {sentence}")
        for record in shown.usage_records[:limit]:
            price = formatting.money_exact(money.from_micro(record.charge_micro_eur))
            click.echo(f"    {record.start_at:%d/%m %H:%M}  {record.other_party_masked}  {record.units}  {price}")


def _person(login: str) -> actors.Actor:
    from come.staff import queries as staff_queries  # noqa: PLC0415 - after Django is set up

    found = staff_queries.actor_by_login(login=login)
    if found is None:
        msg = runtime.both(f"identifiant inconnu : {login or '(vide)'}", f"unknown login: {login or '(empty)'}")
        raise click.ClickException(msg)
    return found
