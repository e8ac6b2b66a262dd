"""`come bench NAME --json`."""

from __future__ import annotations

import click

from come.shared import runtime

BENCHES = ("road",)


@click.command(help=runtime.both("Mesure le produit et imprime un objet JSON.", "Measure the product and print one JSON object."))
@click.argument("name", type=click.Choice(BENCHES))
@click.option("--json", "as_json", is_flag=True, help=runtime.both("Imprime le seul objet JSON.", "Print the JSON object alone."))
@click.option("--size", type=click.Choice(["small", "full"]), default="full", show_default=True)
def bench(name: str, *, as_json: bool, size: str) -> None:
    """Run one bench; exit 0 when the run itself worked, whatever holds."""
    from come.project.bench import road  # noqa: PLC0415 - loaded with its libraries only when measured

    told = {"road": road.run}[name](size)
    if as_json:
        runtime.print_json(told)
        return
    for figure in told["figures"]:
        mark = {True: "✓", False: "✗", None: " "}[figure["holds"]]
        goal = f"  ({figure['goal']})" if figure["goal"] else ""
        click.echo(f"{mark} {figure['name']:32} {figure['value']:>12,.3f} {figure['unit']}{goal}")
    click.echo(f"  {told['machine']}  load {told['load']}")
