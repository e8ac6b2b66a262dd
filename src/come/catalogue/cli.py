"""Command line of the catalogue: check, import and export folders of files."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import shutil
import sys
import uuid
from typing import Any

import click

from come.shared import actor as actors, clock, ids, runtime
from come.shared.runtime import both

_MISTAKES = 2


@click.group(help=both("Le catalogue : offres, tarifs, accords, en fichiers.", "The catalogue: offerings, tariffs, agreements, as files."))
def catalogue() -> None:
    """Group the commands of the catalogue."""


@catalogue.command(
    help=both(
        "Contrôle un dossier, toutes les erreurs à la fois, sans rien écrire.", "Check a folder, every mistake at once, writing nothing."
    )
)
@click.argument("folder", type=click.Path(path_type=pathlib.Path))
@click.option("--offline", is_flag=True, help=both("Sans base de données : le dossier seul.", "Without a database: the folder alone."))
@click.option("--json", "as_json", is_flag=True, help=both("Réponse en JSON.", "Answer in JSON."))
def check(folder: pathlib.Path, offline: bool, as_json: bool) -> None:
    """Print the mistakes of a folder; exit code 2 when there is any."""
    runtime.setup_django(start_database=not offline)
    from come.catalogue import commands  # noqa: PLC0415 - needs Django
    from come.catalogue.files import checks, reading  # noqa: PLC0415 - beside it

    files = commands.read_folder(folder)
    found = checks.check(*reading.read_files(files)) if offline else commands.check_catalogue(files=files, at=clock.now())
    if as_json:
        runtime.print_json({"files": len(files), "problems": [_as_dict(problem) for problem in found]})
    else:
        _print(found)
    if found:
        sys.exit(_MISTAKES)
    if not as_json:
        click.echo(both(f"✓ {len(files)} fichiers, aucune erreur.", f"✓ {len(files)} files, no mistake."))


@catalogue.command(
    "import",
    help=both(
        "Importe un dossier, en entier ou pas du tout. Sans --publish, les offres arrivent en brouillon.",
        "Import a folder, whole or not at all. Without --publish, offerings arrive as drafts.",
    ),
)
@click.argument("folder", type=click.Path(path_type=pathlib.Path))
@click.option("--publish", is_flag=True, help=both("Publie les offres approuvées du dossier.", "Publish the folder's approved offerings."))
@click.option(
    "--request-id",
    default="",
    help=both("Identifiant de la demande : rejouée, elle n’agit qu’une fois.", "Request id: replayed, it acts once."),
)
@click.option("--json", "as_json", is_flag=True, help=both("Réponse en JSON.", "Answer in JSON."))
def import_(folder: pathlib.Path, publish: bool, request_id: str, as_json: bool) -> None:
    """Import a folder, or print every mistake and exit with 2."""
    runtime.setup_django()
    from come.catalogue import commands  # noqa: PLC0415 - needs Django

    actor = actors.system_actor("come catalogue import", request_id or str(ids.uuid7()))
    try:
        answer = commands.import_catalogue(files=commands.read_folder(folder), actor=actor, at=clock.now(), publish=publish)
    except commands.CatalogueRefused as refusal:
        if as_json:
            runtime.print_json({"imported": False, "problems": [_as_dict(problem) for problem in refusal.problems]})
        else:
            _print(refusal.problems)
        sys.exit(_MISTAKES)
    if as_json:
        runtime.print_json(
            {
                "imported": True,
                "import_id": str(answer.import_id),
                "content_hash": answer.content_hash,
                "created": answer.created,
                "changed": answer.changed,
                "unchanged": answer.unchanged,
            },
        )
    else:
        click.echo(
            both(
                f"✓ Catalogue importé : {answer.created} créés, {answer.changed} modifiés, {answer.unchanged} inchangés.",
                f"✓ Catalogue imported: {answer.created} created, {answer.changed} changed, {answer.unchanged} unchanged.",
            ),
        )


@catalogue.command(help=both("Écrit le catalogue en place dans un dossier vide.", "Write the catalogue in force into an empty folder."))
@click.argument("folder", type=click.Path(path_type=pathlib.Path))
@click.option("--json", "as_json", is_flag=True, help=both("Réponse en JSON.", "Answer in JSON."))
def export(folder: pathlib.Path, as_json: bool) -> None:
    """Write the files aside, then put the folder in place at once."""
    runtime.setup_django()
    from come.catalogue import commands  # noqa: PLC0415 - needs Django

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException(
            both(f"« {folder} » existe et n’est pas un dossier vide.", f"{folder} exists and is not an empty folder.")
        )
    files = commands.export_catalogue()
    aside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    try:
        for path, raw in files.items():
            target = aside / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw)
        if folder.exists():
            folder.rmdir()
        aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    if as_json:
        runtime.print_json({"folder": str(folder), "files": sorted(files)})
    else:
        click.echo(both(f"✓ {len(files)} fichiers écrits dans {folder}.", f"✓ {len(files)} files written to {folder}."))


_SIDE_HELP = both(
    "AVANT et APRÈS : un dossier, un jour (AAAA-MM-JJ) du catalogue en place, ou CODE:VERSION d’une offre.",
    "BEFORE and AFTER: a folder, a day (YYYY-MM-DD) of the catalogue in force, or CODE:VERSION of a product offering.",
)


@catalogue.command(
    help=both(
        "Compare deux catalogues, ou deux versions d’une offre (ProductOffering), champ par champ. ",
        "Compare two catalogues, or two versions of a product offering (TM Forum ProductOffering), field by field. ",
    )
    + _SIDE_HELP
)
@click.argument("before", metavar=both("AVANT", "BEFORE"))
@click.argument("after", metavar=both("APRÈS", "AFTER"))
@click.option("--json", "as_json", is_flag=True, help=both("Réponse en JSON.", "Answer in JSON."))
def diff(before: str, after: str, as_json: bool) -> None:
    """Print what differs; exit code 1 when something does, as diff does."""
    runtime.setup_django(start_database=not (_is_folder(before) and _is_folder(after)))
    from come.catalogue.files import differing  # noqa: PLC0415 - needs Django

    old, new = _side(before), _side(after)
    days = [side for side in (old[1], new[1]) if side is not None]
    if days:
        old, new = ((differing.as_of(side, day or days[0]), day) for side, day in (old, new))
    changes = differing.differences(old[0], new[0], by_day=bool(days) or (":" in before and ":" in after))
    if as_json:
        runtime.print_json({"changes": [dataclasses.asdict(change) for change in changes]})
    else:
        for change in changes:
            _print_change(change)
        click.echo(both(f"{len(changes)} changement(s).", f"{len(changes)} change(s)."), err=True)
    if changes:
        sys.exit(1)


def _is_folder(side: str) -> bool:
    return pathlib.Path(side).is_dir()


def _side(side: str) -> tuple[Any, dt.date | None]:
    """Return the catalogue that an argument names, and its day when it is one."""
    from come.catalogue import commands, queries  # noqa: PLC0415 - needs Django
    from come.catalogue.files import content, reading  # noqa: PLC0415 - beside it

    if _is_folder(side):
        given, read = reading.read_files(commands.read_folder(pathlib.Path(side)))
        if read.found:
            _print(read.found)
            sys.exit(_MISTAKES)
        return given, None
    try:
        return queries.catalogue_content(), dt.date.fromisoformat(side)
    except ValueError:
        pass
    code, _, version = side.partition(":")
    known = queries.catalogue_content()
    offerings = tuple(one for one in known.offerings if one.code == code and str(one.version) == version)
    if not offerings:
        raise click.ClickException(
            both(
                f"« {side} » n’est ni un dossier, ni un jour, ni une version d’offre (CODE:VERSION).",
                f"{side} is neither a folder, nor a day, nor a version of an offering (CODE:VERSION).",
            )
        )
    return content.CatalogueContent(known.header, offerings=offerings), None


_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def _print_change(change: Any) -> None:
    place = f"{change.list_name} {change.key}" + (f" {change.path}" if change.path else "")
    values = f": {change.before or '—'} → {change.after or '—'}" if change.path else ""
    click.echo(f"{_SIGNS[change.kind]} {place}{values}")


def _as_dict(problem: object) -> dict[str, object]:
    values = {name: getattr(problem, name) for name in ("file", "line", "code", "message", "next_step")}
    return {name: _said(value) if isinstance(value, str) else value for name, value in values.items()}


def _said(sentence: str) -> str:
    """Say a sentence in the terminal's language."""
    from come.shared import text  # noqa: PLC0415 - beside the others

    return text.said(sentence, runtime.language())


def _print(found: object) -> None:
    assert isinstance(found, (list, tuple))
    for problem in found:
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        click.echo(f"✗ {place} [{problem.code}] {_said(problem.message)}", err=True)
        click.echo(f"  → {_said(problem.next_step)}", err=True)
    if found:
        click.echo(both(f"{len(found)} erreur(s) ; rien n’est importé.", f"{len(found)} mistake(s); nothing is imported."), err=True)
