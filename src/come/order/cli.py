"""Orders on the command line."""

from __future__ import annotations

import pathlib

import click

from come.order.policies import rules, states
from come.shared import runtime, text


@click.group(help=runtime.both("Les commandes : avancer, dessiner leurs états.", "Orders: advance them, draw their states."))
def order() -> None:
    """Group of orders."""


@order.command("drain", help=runtime.both("Avance toutes les commandes dans ce processus.", "Advance every order in this process."))
def drain() -> None:
    """Advance every order that may move, without a worker."""
    runtime.setup_django()
    from come.order import jobs  # noqa: PLC0415 - needs Django

    click.echo(jobs.drain_all())


@order.command(
    "states", help=runtime.both("Écrit docs/life_of_an_order.md à partir des tables.", "Write docs/life_of_an_order.md from the tables.")
)
@click.option("--write", type=click.Path(dir_okay=False, path_type=pathlib.Path), help=runtime.both("Fichier à écrire.", "File to write."))
def draw_states(*, write: pathlib.Path | None) -> None:
    """Print or write the page that draws the life of an order."""
    page = life_of_an_order()
    if write is None:
        click.echo(page, nl=False)
    else:
        write.write_text(page, encoding="utf-8")


_MEANINGS = {
    "ProductOrder": "The order, as TM Forum 622 names its states. It is computed from its lines, never typed.",
    "ProductOrderItem": "One line of the order. It is computed from its steps: one line that is held never holds the others.",
    "OrderStep": "One step of a line. `held` always carries a cause, an owner, a due date and the incident that gathers the cause.",
    "OutboxMessage": "What was asked of an outside system. `observed` is the only success: the system shows the effect.",
    "AdapterBreaker": "The circuit breaker of one outside system. It opens after three failures and closes by itself.",
}


_UNDOING = (
    "## Cancelling in flight",
    "",
    "Each line is judged alone, under the order's lock and its messages' locks (`order/policies/reversal.py`). Nothing has left:",
    "cancelled at once, its number and SIM given back. Past a soft point: cancelled if its cost is accepted; the steps below are",
    "written at once, each waits for the outcome of the step that it undoes, and goes through the same outbox under its own key.",
    "Refused meanwhile: there is nothing to undo. Past a hard point: the line goes on. Every decision is kept (append-only).",
    "",
)


def _return_point(rule: rules.StepRule) -> str:
    """Say where a line cannot come back, once the step has left."""
    point = rule.point_of_no_return or "—"
    return f"{point}; hard for {', '.join(rule.hard_operations)}" if rule.hard_operations else point


def life_of_an_order() -> str:
    """Return the page: the steps, the machines, what happens when something fails; drawn from the tables that run."""
    lines = [
        "# The life of an order",
        "",
        "Drawn by `come order states --write docs/life_of_an_order.md`; a test compares it with the tables that run.",
        "",
        "1. **Submit** (`order/commands/submit_order.py`): one transaction writes the order, its lines, its frozen prices, its",
        "   first promised date, and defers the job. Nothing outside is called, so the number comes at once whatever is down.",
        "2. **Decompose** (`order/commands/advance_order.py`): the rules of `order/data/decomposition.toml` give each line its steps.",
        "3. **Advance** in sets: our own steps are done in the transaction; what others must do is written to the outbox with it.",
        "4. **Dispatch** (`order/jobs.py`): messages are sent under one idempotency key per step, then their effect is observed.",
        "5. **Hold**: a refusal holds the step of that line alone, with its cause (`order/data/causes.toml`), and joins one incident.",
        "6. **Repair** (`order/commands/repair.py`): the data is mended and the step tried again under the same key.",
        "7. **Change or cancel** (`amend_line.py`, `cancel_order.py`): at once, after the step being sent, or not any more; see below.",
        "8. **Meet** (`order/data/conflicts.toml`): a second order on a line comes after, is left to the first, or is refused.",
        "",
        "A process killed at any moment loses nothing: what it had claimed is found by the next one, which looks for the effect",
        "before it sends again.",
        "",
        "## Steps",
        "",
        "| step | French name | system | after | lead, working days | alarm after, hours | point of no return |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| `{rule.kind}` | {text.T(rule.label_fr)} | {rule.adapter} | {', '.join(rule.after) or '—'} | {rule.lead_working_days} |"
            f" {rule.maximum_age_hours} | {_return_point(rule)} |"
            for rule in rules.step_rules()
        ),
        "",
        *_UNDOING,
        "| undoing | French name | undoes | system | after | lead, working days |",
        "|---|---|---|---|---|---|",
        *(
            f"| `{rule.kind}` | {text.T(rule.label_fr)} | `{rule.undoes}` | {rule.adapter} | {', '.join(rule.after) or '—'} |"
            f" {rule.lead_working_days} |"
            for rule in rules.compensation_rules()
        ),
        "",
        "| penalty for | excluding tax, per line | from | source |",
        "|---|---|---|---|",
        *(
            f"| `{rule.step}` | {rule.amount_eur_excl_tax} € | {rule.valid_from.isoformat()} | {rule.source} |"
            for rule in rules.penalty_rules()
        ),
        "",
    ]
    for name, machine in states.MACHINES.items():
        lines += [f"## {name}", "", _MEANINGS[name], "", "```mermaid", states.diagram(machine), "```", ""]
    return "\n".join(lines).rstrip() + "\n"
