"""`come chaos NAME --json`."""

from __future__ import annotations

import importlib

import click

from come.project.bench import report
from come.shared import runtime

RUNS = ("orders",)
"""A run is a module of this package with `run(size, seed)`."""


@click.command(
    help=runtime.both(
        "Tue, coupe et trompe pendant que des commandes passent, puis compte ; imprime un objet JSON.",
        "Kill, cut and lie while orders go through, then count; print one JSON object.",
    )
)
@click.argument("name", type=click.Choice(RUNS))
@click.option("--json", "as_json", is_flag=True, help=runtime.both("Imprime le seul objet JSON.", "Print the JSON object alone."))
@click.option("--size", type=click.Choice(["small", "full"]), default="full", show_default=True)
@click.option("--seed", type=int, default=20_261_123, show_default=True, help=runtime.both("Graine du hasard.", "Seed of chance."))
def chaos(name: str, *, as_json: bool, size: str, seed: int) -> None:
    """Run one chaos; exit 0 when the run itself worked, whatever holds."""
    told = importlib.import_module(f"come.project.chaos.{name}").run(size, seed)
    if as_json:
        runtime.print_json(told)
        return
    for line in report.lines(told):
        click.echo(line)
