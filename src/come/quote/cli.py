"""Quotes from the command line: what a few lines of a folder of offers would cost, without a database."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import sys

import click

from come.shared import clock, runtime
from come.shared.runtime import both

_MISTAKES = 2


@click.group(help=both("Les devis.", "Quotes."))
def quote() -> None:
    """Group the commands of quotes."""


@quote.command(
    "try",
    help=both(
        "Chiffre quelques lignes d’une offre d’un dossier, par le calcul des devis ; sans base de données.",
        "Price a few lines of a folder's product offering, by the kernel of quotes; without a database.",
    ),
)
@click.argument("folder", type=click.Path(path_type=pathlib.Path))
@click.argument("offering")
@click.option("--quantity", default=10, show_default=True, help=both("Nombre de lignes.", "Number of lines."))
@click.option("--with", "with_codes", multiple=True, help=both("Option ou terminal de chaque ligne.", "Option or device of each line."))
@click.option("--segment", default="pme", show_default=True, help=both("Clientèle.", "Segment of customers."))
@click.option("--date", "day", default="", help=both("Jour (AAAA-MM-JJ) ; aujourd’hui par défaut.", "Day (YYYY-MM-DD); today by default."))
@click.option("--json", "as_json", is_flag=True, help=both("Réponse en JSON.", "Answer in JSON."))
def try_(*, folder: pathlib.Path, offering: str, quantity: int, with_codes: tuple[str, ...], segment: str, day: str, as_json: bool) -> None:
    """Print each price with its reason and the sums; exit code 2 when such lines cannot be sold."""
    runtime.setup_django(start_database=False)
    from come.catalogue import commands as catalogue_commands  # noqa: PLC0415 - needs Django
    from come.catalogue.files import selling  # noqa: PLC0415 - beside it
    from come.quote import pricing  # noqa: PLC0415 - beside it
    from come.quote.queries import offering_trials  # noqa: PLC0415 - beside it

    try:
        at = dt.date.fromisoformat(day) if day else clock.today()
    except ValueError as error:
        raise click.BadParameter(both("Écrivez un jour AAAA-MM-JJ.", "Write a day YYYY-MM-DD.")) from error
    snapshot = selling.of_folder(catalogue_commands.read_folder(folder), at=at)
    for code in (offering, *with_codes):
        if code not in snapshot.offerings:
            raise click.ClickException(both(f"« {code} » n’est pas en vente le {at}.", f"{code} is not on sale on {at}."))
    quantities = offering_trials.quantities(snapshot.offerings[offering], with_codes, quantity, snapshot.offerings)
    priced = pricing.price_quote(quantities=quantities, snapshot=snapshot, agreement=None, segment=segment)
    obstacles = [one for pattern in priced.patterns for one in pattern.obstacles]
    if as_json:
        runtime.print_json(
            {"totals": dataclasses.asdict(priced.totals), "obstacles": [one.as_dict(runtime.language()) for one in obstacles]}
        )
    else:
        _print(priced)
    if obstacles:
        sys.exit(_MISTAKES)


def _print(priced: object) -> None:
    from come.quote import records  # noqa: PLC0415 - late, as above
    from come.shared import formatting, text  # noqa: PLC0415 - late, as above

    assert isinstance(priced, records.PricedQuote)
    language = runtime.language()
    for pattern in priced.patterns:
        for one in pattern.components:
            reason = text.said(one.reason_fr, language)
            amount = formatting.money_exact(one.amount)
            click.echo(f"{pattern.quantity} × {one.offering_code} {one.price_code} [{one.price_type}] {amount} ({reason})")
        for obstacle in pattern.obstacles:
            click.echo(f"✗ {text.said(obstacle.message, language)}")
    if any(pattern.obstacles for pattern in priced.patterns):
        return
    totals = priced.totals
    rows = (
        (both("Par mois", "Monthly"), totals.monthly),
        (both("Mensualités", "Instalments"), totals.instalments_monthly),
        (both("Une fois", "One-off"), totals.one_off),
        (both("Sur l’engagement", "Over the commitment"), totals.over_commitment),
    )
    for label, total in rows:
        click.echo(f"{label}: {formatting.money(total)}")
