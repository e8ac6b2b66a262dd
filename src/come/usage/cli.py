"""Usage from the command line: take files in, make some, see where things stand; rate files without a database."""

from __future__ import annotations

import dataclasses
import pathlib
import tempfile
from typing import Any

import click

from come.shared import clock, ids, runtime
from come.shared.runtime import both
from come.usage import records


@click.group(help=both("Consommations : intégrer, fabriquer, suivre.", "Usage: take in, generate, follow."))
def usage() -> None:
    """Hold the commands of usage."""


@usage.command(help=both("Intègre des fichiers d’usage (docs/formats/usage.md).", "Takes usage files in (docs/formats/usage.md)."))
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option("--json", "as_json", is_flag=True)
def ingest(paths: tuple[pathlib.Path, ...], as_json: bool) -> None:
    """Take files in, one after another."""
    runtime.setup_django()
    from come.shared import actor as actors  # noqa: PLC0415 - tables are usable only from here on
    from come.usage import commands  # noqa: PLC0415 - late, as above

    answers = []
    for path in paths:
        actor = actors.system_actor("come usage ingest", request_id=str(ids.uuid7()))
        answer = commands.ingest_file(path=path, actor=actor, at=clock.now())
        answers.append(dataclasses.asdict(answer))
        if not as_json:
            click.echo(_said(path.name, answer))
            for sentence in _remarks(answer.findings, answer.rejection):
                click.echo(f"  {sentence}")
    if as_json:
        runtime.print_json(answers)


def _said(name: str, answer: records.FileAnswer) -> str:
    words = {
        "ingested": both("intégré", "taken in"),
        "rejected": both("rejeté", "rejected"),
        "duplicate": both("déjà reçu", "already received"),
    }
    counts = both(
        f"{answer.records_in} reçus = {answer.accepted} acceptés + {answer.suspended} en suspens + {answer.duplicates} doublons",
        f"{answer.records_in} in = {answer.accepted} accepted + {answer.suspended} suspended + {answer.duplicates} duplicates",
    )
    return f"{name} : {words[answer.state]} ; {counts}"


def _remarks(findings: tuple[str, ...], rejection: str) -> list[str]:
    from come.shared import text  # noqa: PLC0415 - late, as above
    from come.usage.intake import layout  # noqa: PLC0415 - late, as above

    templates = [layout.REJECTIONS[rejection]] if rejection else []
    templates += [layout.FILE_FINDINGS[code] for code in findings]
    return [text.T(template).in_language(runtime.language()) for template in templates]


@usage.command(
    help=both(
        "Valorise un cycle (AAAA-MM) avec le catalogue et le parc.", "Rates a cycle (YYYY-MM) with the catalogue and the installed base."
    )
)
@click.argument("cycle")
@click.option("--json", "as_json", is_flag=True)
def rate_cycle(cycle: str, as_json: bool) -> None:
    """Rate a cycle from the event log."""
    runtime.setup_django()
    from come.shared import actor as actors  # noqa: PLC0415 - late, as above
    from come.usage import commands, queries  # noqa: PLC0415 - late, as above

    answer = commands.rate_cycle(cycle=cycle, actor=actors.system_actor("come usage rate-cycle"), at=clock.now())
    if as_json:
        runtime.print_json(dataclasses.asdict(answer))
    else:
        click.echo(str(queries.cycle_totals(cycle=cycle)))


@usage.command(
    help=both(
        "Simule un changement de prix d’usage sur un cycle passé (AAAA-MM), sans rien facturer : les prix d’un brouillon d’offre, "
        "ou d’un fichier rates.csv.",
        "Simulates a change of usage prices on a past cycle (YYYY-MM), billing nothing: the prices of a draft product offering, "
        "or of a rates.csv file.",
    )
)
@click.argument("cycle")
@click.option(
    "--offering", default="", help=both("Version d’une offre : CODE ou CODE:VERSION.", "Version of an offering: CODE or CODE:VERSION.")
)
@click.option(
    "--rates",
    "rates_file",
    type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path),
    help=both("Fichier rates.csv (docs/formats/catalogue.md).", "A rates.csv file (docs/formats/catalogue.md)."),
)
@click.option("--customer", default="", help=both("Référence d’un client ; vide : tous.", "Reference of a customer; empty: all."))
@click.option("--json", "as_json", is_flag=True, help=both("Réponse en JSON.", "Answer in JSON."))
def simulate(cycle: str, offering: str, rates_file: pathlib.Path | None, customer: str, as_json: bool) -> None:
    """Print the totals before and after, and who gains and loses most."""
    if bool(offering) == bool(rates_file):
        raise click.UsageError(both("Donnez --offering ou --rates, l’un des deux.", "Give either --offering or --rates."))
    runtime.setup_django()
    from come.shared import actor as actors  # noqa: PLC0415 - late, as above
    from come.usage import queries  # noqa: PLC0415 - late, as above

    viewer = actors.system_actor("come usage simulate")
    rates, tariffs = _rates_of_file(rates_file) if rates_file else _rates_of_offering(offering, viewer)
    found = queries.simulate_tariff(cycle=cycle, rates=rates, tariffs=tariffs, viewer=viewer, customer_reference=customer)
    if as_json:
        runtime.print_json({**dataclasses.asdict(found), "difference_micro_eur": found.difference_micro_eur})
    else:
        _print_simulation(found)


def _rates_of_file(path: pathlib.Path) -> tuple[list[Any], list[Any]]:
    from come.catalogue.files import reading  # noqa: PLC0415 - late, as above

    given, read = reading.read_files({"rates.csv": path.read_bytes()})
    mistakes = [problem for problem in read.found if problem.file == "rates.csv"]
    for problem in mistakes:
        click.echo(f"✗ {path}:{problem.line} [{problem.code}] {problem.message}\n  → {problem.next_step}", err=True)
    if mistakes:
        raise click.exceptions.Exit(2)
    return list(given.rates), []


def _rates_of_offering(wanted: str, viewer: Any) -> tuple[list[Any], list[Any]]:
    from come.catalogue import queries as catalogue_queries  # noqa: PLC0415 - late, as above

    code, _, version = wanted.partition(":")
    found = [one for one in catalogue_queries.offering_versions(code=code, at=clock.today()) if version in {"", str(one.version)}]
    if not found:
        raise click.ClickException(both(f"L’offre « {wanted} » n’existe pas.", f"There is no offering {wanted}."))
    _tariff, rates, tariffs = catalogue_queries.draft_rates(offering_id=found[-1].id, viewer=viewer)
    return rates, tariffs


def _print_simulation(found: Any) -> None:
    from come.shared import formatting, money  # noqa: PLC0415 - late, as above

    def euros(amount: int) -> str:
        return formatting.money(money.from_micro(amount))

    click.echo(
        both(
            f"{found.cycle} : {euros(found.before_micro_eur)} → {euros(found.after_micro_eur)} "
            f"({euros(found.difference_micro_eur)}) ; {found.changed_customers} clients sur {found.customers} ; "
            f"{found.rated_after} usages valorisés (avant : {found.rated_before})",
            f"{found.cycle}: {euros(found.before_micro_eur)} → {euros(found.after_micro_eur)} "
            f"({euros(found.difference_micro_eur)}); {found.changed_customers} customers of {found.customers}; "
            f"{found.rated_after} records rated (before: {found.rated_before})",
        )
    )
    for sign, rows in (("+", found.dearer), ("-", found.cheaper)):
        for row in rows:
            click.echo(f"  {sign} {row.name}: {euros(row.before_micro_eur)} → {euros(row.after_micro_eur)}")


@usage.command(
    help=both("Fabrique un mois de fichiers d’usage, les mêmes à chaque fois.", "Makes a month of usage files, the same every time.")
)
@click.option("--month", default="2026-10", show_default=True)
@click.option("--records", "count", default=100_000, show_default=True)
@click.option("--lines", default=0, help=both("Lignes fictives ; 0 : celles du parc.", "Fictional lines; 0: those of the installed base."))
@click.option("--seed", default=1, show_default=True)
@click.option("--files", default=4, show_default=True)
@click.option("--out", "out_dir", required=True, type=click.Path(file_okay=False, path_type=pathlib.Path))
def generate(  # noqa: PLR0917 - click passes the options by name
    month: str,
    count: int,
    lines: int,
    seed: int,
    files: int,
    out_dir: pathlib.Path,
) -> None:
    """Make synthetic usage files."""
    from come.usage import generator  # noqa: PLC0415 - numpy loads only when it is needed

    made: list[generator.GeneratorLine | str] = [f"+336{39_980_000 + index}" for index in range(100, 100 + lines)]
    if not lines:
        runtime.setup_django()
        from come.inventory import queries as inventory_queries  # noqa: PLC0415 - late, as above

        made = [generator.GeneratorLine(row[1], active_from=row[5]) for row in inventory_queries.lines_for_generator()]
    for path in generator.generate(lines=made, month=month, records=count, seed=seed, out_dir=out_dir, files=files):
        click.echo(path)


@usage.command(help=both("Dit où en est chaque cycle, et ce qui attend.", "Says where each cycle stands, and what waits."))
@click.option("--json", "as_json", is_flag=True)
def status(as_json: bool) -> None:
    """Show totals by cycle and suspense by cause."""
    runtime.setup_django()
    from come.shared import actor as actors  # noqa: PLC0415 - late, as above
    from come.usage import queries  # noqa: PLC0415 - late, as above

    viewer = actors.system_actor("come usage status")
    totals = [queries.cycle_totals(cycle=cycle) for cycle in queries.cycles(viewer=viewer)]
    causes = queries.suspense_causes(viewer=viewer)
    if as_json:
        runtime.print_json(
            {"cycles": [dataclasses.asdict(item) for item in totals], "suspense": [dataclasses.asdict(item) for item in causes]}
        )
        return
    for item in totals:
        click.echo(f"{item.cycle} : {item}")
    for cause in causes:
        click.echo(f"  {cause.cycle or '—'} {cause.records:>8}  {cause.cause_fr} {cause.next_step_fr}")


@usage.command(
    help=both("Recycle les enregistrements dont la ligne est connue depuis.", "Recycles the records whose line is known by now.")
)
@click.option("--cycle", default=None)
def recycle(cycle: str | None) -> None:
    """Recycle suspense."""
    runtime.setup_django()
    from come.shared import actor as actors  # noqa: PLC0415 - late, as above
    from come.usage import commands  # noqa: PLC0415 - late, as above

    answer = commands.recycle_suspense(cycle=cycle, actor=actors.system_actor("come usage recycle"), at=clock.now())
    click.echo(both(f"{answer.accepted} acceptés sur {answer.examined}", f"{answer.accepted} accepted of {answer.examined}"))


@click.command(
    help=both(
        "Valorise un fichier d’usage avec un livre de prix, sans base de données (docs/formats/).",
        "Rates a usage file with a price book, without a database (docs/formats/).",
    )
)
@click.option("--pricebook", "book", required=True, type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path))
@click.option("--usage", "source", required=True, type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help=both("Fichier .csv ou .parquet.", "A .csv or .parquet file."),
)
@click.option("--explain", "record_id", default="", help=both("Identifiant d’un enregistrement à expliquer.", "Id of a record to explain."))
@click.option("--json", "as_json", is_flag=True)
def rate(book: pathlib.Path, source: pathlib.Path, out: pathlib.Path, record_id: str, as_json: bool) -> None:
    """Rate records from files to files."""
    runtime.setup_django(start_database=False)
    from come.shared import wiring  # noqa: PLC0415 - late, as above
    from come.usage import on_files, ports  # noqa: PLC0415 - late, as above

    with tempfile.TemporaryDirectory(prefix="come-rate-") as folder:
        result = on_files.rate(
            book=book,
            source=source,
            out=out,
            workspace=pathlib.Path(folder),
            opener=wiring.port(ports.UsageFileOpener),
            at=clock.now(),
            explain_id=record_id,
        )
    if as_json:
        runtime.print_json(dataclasses.asdict(result))
        return
    counts = {"n": result.records_in, "rated": result.rated, "left": result.suspended, "twice": result.duplicates, "eur": result.charge_eur}
    french = "{n} enregistrements = {rated} valorisés + {left} en suspens + {twice} doublons ; {eur} € HT"
    english = "{n} records = {rated} rated + {left} suspended + {twice} duplicates; {eur} EUR excl. tax"
    click.echo(both(french, english).format(**counts))
    for sentence in _remarks(result.findings, result.rejection):
        click.echo(sentence)
    for reason, count in result.reasons:
        click.echo(f"  {count:>8}  {_cause(reason)}")
    if record_id:
        click.echo(result.explanation or both(f"« {record_id} » n’a pas été valorisé.", f"“{record_id}” was not rated."))


def _cause(reason: str) -> str:
    from come.shared import text  # noqa: PLC0415 - late, as above
    from come.usage import policies  # noqa: PLC0415 - late, as above

    return text.T(policies.cause_of(reason)[0]).in_language(runtime.language())
