"""`come party`: the company registry's files, and finding a company, from a terminal."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib

import click

from come.party import generator, ports
from come.shared import clock, runtime, wiring

_FOLDER = click.Path(path_type=pathlib.Path, file_okay=False)


@click.group(help=runtime.both("Entreprises : registre national, recherche.", "Companies: national registry, search."))
def party() -> None:
    """Group the commands about companies."""


@party.command(
    "generate-sirene",
    help=runtime.both(
        "Écrire des fichiers SIRENE synthétiques, aux formats publiés ; la même graine donne les mêmes entreprises.",
        "Write synthetic SIRENE files in the published layouts; the same seed gives the same companies.",
    ),
)
@click.option("--units", type=click.IntRange(1), default=20_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--out", type=_FOLDER, required=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None)
@click.option("--json", "as_json", is_flag=True)
def generate_sirene(units: int, seed: int, out: pathlib.Path, as_of: dt.datetime | None, as_json: bool) -> None:
    """Write synthetic stock files."""
    if units > generator.SUPPLY:
        raise click.BadParameter(runtime.both(f"{generator.SUPPLY} au plus", f"{generator.SUPPLY} at most"), param_hint="--units")
    day = as_of.date() if as_of else clock.today()
    legal_units, establishments = _files().generate(folder=out, units=units, seed=seed, as_of=day)
    if as_json:
        runtime.print_json({"folder": str(out), "legal_units": legal_units, "establishments": establishments, "as_of": day.isoformat()})
        return
    click.echo(
        runtime.both(
            f"{legal_units} entreprises, {establishments} établissements, au {day:%d/%m/%Y} : {out}",
            f"{legal_units} companies, {establishments} establishments, as of {day}: {out}",
        ),
    )


@party.command(
    "import-sirene",
    help=runtime.both(
        "Faire de deux fichiers SIRENE (Parquet ou CSV) le miroir du registre, ou les refuser avec chaque raison.",
        "Make two SIRENE files (Parquet or CSV) the registry's mirror, or refuse them with every reason.",
    ),
)
@click.argument("folder", type=click.Path(path_type=pathlib.Path, file_okay=False, exists=True))
@click.option(
    "--force", is_flag=True, help=runtime.both("Passer la comparaison avec le miroir en place.", "Pass the comparison with the mirror.")
)
@click.option("--json", "as_json", is_flag=True)
def import_sirene(folder: pathlib.Path, force: bool, as_json: bool) -> None:
    """Adopt stock files as the mirror."""
    figures = _files().adopt(folder=folder, is_forced=force)
    if as_json:
        runtime.print_json(dataclasses.asdict(figures))
        return
    click.echo(
        runtime.both(
            f"Miroir au {figures.as_of} : {figures.legal_units} entreprises, {figures.establishments} établissements"
            f" dont {figures.active_establishments} ouverts.",
            f"Mirror as of {figures.as_of}: {figures.legal_units} companies, {figures.establishments} establishments,"
            f" {figures.active_establishments} open.",
        ),
    )


@party.command(
    "find",
    help=runtime.both(
        "Chercher une entreprise, par SIREN, SIRET, TVA ou nom : dans nos dossiers, puis au registre.",
        "Find a company by SIREN, SIRET, VAT number or name: in our files, then in the registry.",
    ),
)
@click.argument("text", nargs=-1, required=True)
@click.option("--postcode", default="")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def find(text: tuple[str, ...], postcode: str, limit: int, as_json: bool) -> None:
    """Find a company."""
    runtime.setup_django()
    from come.party import queries  # noqa: PLC0415 - needs Django started
    from come.shared import actor as actors  # noqa: PLC0415 - needs Django started

    words = " ".join(text)
    hits = queries.search_hits(text=words, viewer=actors.system_actor("come party find"), limit=limit)
    published = queries.registry_search(text=words, postcode=postcode, limit=limit)
    if as_json:
        runtime.print_json(
            {"customers": [dataclasses.asdict(hit) for hit in hits], "registry": [dataclasses.asdict(one) for one in published]}
        )
        return
    for hit in hits:
        click.echo(f"● {hit.title} — {hit.subtitle} — {hit.badge}")
    for one in published:
        closed = "" if one.is_active and one.is_unit_active else runtime.both(" (fermé)", " (closed)")
        name = one.legal_name or runtime.both("identité non diffusée", "identity not published")
        click.echo(f"○ {one.siret} {name}{f' « {one.sign} »' if one.sign else ''}, {one.postcode} {one.city}{closed}")
    if not hits and not published:
        click.echo(runtime.both("Rien trouvé.", "Nothing found."))


def _files() -> ports.RegistryFiles:
    runtime.setup_django(start_database=False)
    return wiring.port(ports.RegistryFiles)
