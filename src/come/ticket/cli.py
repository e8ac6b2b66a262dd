"""`come ticket`: the matcher of incidents, on files."""

from __future__ import annotations

import pathlib

import click

from come.shared import runtime
from come.ticket import on_files

_FILE = click.Path(path_type=pathlib.Path, dir_okay=False, exists=True)


@click.group(help=runtime.both("Incidents : semblables, page d’état.", "Incidents: similar ones, state page."))
def ticket() -> None:
    """Group the commands about incidents."""


@ticket.command(
    "similar",
    help=runtime.both(
        "Ranger les incidents d’un fichier par ressemblance avec une phrase en français (ou un fichier de phrases). Sans base de données.",
        "Rank the tickets of a file by likeness to a French sentence (or a file of them). Needs no database.",
    ),
)
@click.option("--docs", type=_FILE, required=True, help='JSON lines {"id", "title", "text"}')
@click.option("--query", default=None)
@click.option("--queries", "batch", type=_FILE, default=None, help='JSON lines {"id", "query"}')
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def similar(docs: pathlib.Path, query: str | None, batch: pathlib.Path | None, limit: int, as_json: bool) -> None:
    """Print the nearest tickets, best first."""
    if (query is None) == (batch is None):
        raise click.UsageError(runtime.both("Donnez --query ou --queries, l’un des deux.", "Give --query or --queries, one of them."))
    try:
        asked = on_files.read_queries(batch) if batch is not None else [(None, query or "")]
        found = on_files.rank(documents=docs, queries=asked, limit=limit)
    except on_files.BadLineError as error:
        raise click.ClickException(runtime.both(f"ligne illisible : {error}", f"unreadable line: {error}")) from error
    if as_json:
        runtime.print_json(found if batch is not None else {"query": query, "results": found[0]["results"]})
        return
    for answer in found:
        if batch is not None:
            click.echo(f"# {answer['id']}\t{answer['query']}")
        for result in answer["results"]:
            click.echo(f"{result['id']}\t{result['score']:.4f}")
