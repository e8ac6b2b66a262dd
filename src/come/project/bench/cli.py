"""`come bench NAME --json`."""

from __future__ import annotations

import importlib

import click

from come.project.bench import report
from come.shared import runtime

BENCHES = ("acts", "orders", "quotes", "road", "tickets")
"""A bench is a module of this package with `run(size)`; loaded with its libraries only when it is measured."""


@click.command(help=runtime.both("Mesure le produit et imprime un objet JSON.", "Measure the product and print one JSON object."))
@click.argument("name", type=click.Choice(BENCHES))
@click.option("--json", "as_json", is_flag=True, help=runtime.both("Imprime le seul objet JSON.", "Print the JSON object alone."))
@click.option("--size", type=click.Choice(["small", "full"]), default="full", show_default=True)
def bench(name: str, *, as_json: bool, size: str) -> None:
    """Run one bench; exit 0 when the run itself worked, whatever holds."""
    try:
        told = importlib.import_module(f"come.project.bench.{name}").run(size)
    except ModuleNotFoundError as missing:
        said = runtime.both(
            f"il manque « {missing.name} » pour cette mesure : `make setup` l’installe",
            f"“{missing.name}” is missing for this bench: `make setup` installs it",
        )
        raise click.ClickException(said) from missing
    except report.UnavailableError as missing:
        raise click.ClickException(str(missing)) from missing
    if as_json:
        runtime.print_json(told)
        return
    for line in report.lines(told):
        click.echo(line)
