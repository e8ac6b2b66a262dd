"""`come demo`, `come demo reset`."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import time
from typing import Any

import click

from come.shared import runtime


@click.group(
    invoke_without_command=True,
    help=runtime.both(
        "Raconte la route d’une flotte, de l’offre à la facture légale, puis sert l’application.",
        "Tell the road of one fleet, from an offer to a legal invoice, then serve the application.",
    ),
)
@click.option("--no-serve", is_flag=True, help=runtime.both("S’arrête après le récit.", "End after the journey."))
@click.option(
    "--records", type=int, default=None, help=runtime.both("Nombre de communications du mois.", "Number of usage records of the month.")
)
@click.option("--port", type=int, default=8000, show_default=True)
@click.pass_context
def demo(ctx: click.Context, *, no_serve: bool, records: int | None, port: int) -> None:
    """Tell the journey, or resume it, then serve."""
    if ctx.invoked_subcommand is not None:
        return
    started = float(os.environ.get("COME_STARTED_AT") or time.time())
    tell(records=records, started=started)
    if not no_serve:
        from come.project import serve  # noqa: PLC0415 - only when asked to serve

        serve.run(port=port)


def tell(*, records: int | None, started: float) -> dict[str, Any]:
    """Run what is left of the journey and print where everything lies; return the facts for the bench."""
    os.environ["COME_DEMO"] = "1"
    runtime.setup_django()
    from django.conf import settings  # noqa: PLC0415 - after the set-up
    from django.core import management  # noqa: PLC0415 - after the set-up

    from come.project.demo import closing, console, journey, steps, story  # noqa: PLC0415 - they need the models

    home = pathlib.Path(settings.COME_HOME)
    _mark(home)
    management.call_command("migrate", verbosity=0, interactive=False)
    context = journey.Context(console=console.Console(), records=records or story.RECORDS)
    context.console.title(f"{story.OPERATOR} : de l’offre à la facture")
    seconds = journey.run(steps.STEPS, context)
    facts = closing.facts(context, journey_seconds=seconds, started=started)
    _write(home / "demo.json", facts)
    closing.say(context, facts)
    return facts


def _mark(home: pathlib.Path) -> None:
    if not (home / "demo.json").exists():
        _write(home / "demo.json", {})


def _write(path: pathlib.Path, body: dict[str, Any]) -> None:
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(body, ensure_ascii=False, indent=2, default=str), encoding="utf-8")
    aside.replace(path)


@demo.command(
    help=runtime.both("Efface la démonstration : base, fichiers, factures.", "Erase the demonstration: database, files, invoices.")
)
@click.option("--yes", is_flag=True, help=runtime.both("Sans demander.", "Without asking."))
def reset(*, yes: bool) -> None:
    """Erase what the demonstration made, so that the next one starts afresh."""
    from come.project import cluster  # noqa: PLC0415 - commands on files alone must not load it

    home = cluster.home()
    if not (home / "demo.json").exists():
        click.echo(runtime.both("Aucune démonstration à effacer ici.", "No demonstration to erase here."))
        return
    if not yes:
        click.confirm(runtime.both(f"Effacer la démonstration de {home} ?", f"Erase the demonstration in {home}?"), abort=True)
    cluster.ensure_running()
    erase_database()
    for name in ("inbox", "invoices", "registry", "usage", "static"):
        shutil.rmtree(home / name, ignore_errors=True)
    (home / "demo.json").unlink(missing_ok=True)
    click.echo(runtime.both("La démonstration est effacée.", "The demonstration is erased."))


def erase_database() -> None:
    """Drop every table of the demonstration's schema; the database and its extensions stay."""
    import psycopg  # noqa: PLC0415 - only here

    from come.project import cluster  # noqa: PLC0415 - only here

    found = cluster.address()
    with psycopg.connect(
        host=found.host, port=found.port, dbname=found.name, user=found.user, password=found.password or None, autocommit=True
    ) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        for extension in ("btree_gist", "pg_trgm", "unaccent"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
