"""`come serve`, `come worker`, `come doctor`."""

from __future__ import annotations

import sys

import click

from come.shared import runtime


@click.command(help=runtime.both("Servir l’application et son exécutant de tâches.", "Serve the web application and its job worker."))
@click.option("--host", default="127.0.0.1", show_default=True, help=runtime.both("Adresse d’écoute.", "Address to listen on."))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=runtime.both("Port.", "Port."))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help=runtime.both("Processus web.", "Web processes."))
@click.option("--no-worker", is_flag=True, help=runtime.both("Sans exécutant de tâches.", "Without the job worker."))
def serve(*, host: str, port: int, workers: int, no_worker: bool) -> None:
    """Keep the product up until Ctrl-C."""
    from come.project import serve as serving  # noqa: PLC0415 - only this command needs it

    serving.run(host=host, port=port, web_workers=workers, with_worker=not no_worker)


@click.command(help=runtime.both("Exécuter les tâches différées, jusqu’à Ctrl-C.", "Run deferred jobs, until Ctrl-C."))
@click.option(
    "--concurrency", default=4, show_default=True, type=click.IntRange(1, 64), help=runtime.both("Tâches à la fois.", "Jobs at a time.")
)
@click.option("--once", is_flag=True, help=runtime.both("S’arrêter quand il n’en reste plus.", "Stop when none is left."))
def worker(*, concurrency: int, once: bool) -> None:
    """Run a job worker in this process."""
    runtime.setup_django()
    from come.project import worker as working  # noqa: PLC0415 - needs the models

    working.run(concurrency=concurrency, wait=not once)


@click.command(
    help=runtime.both(
        "Dire ce qui ne va pas dans cette installation, et comment y remédier.", "Say what is wrong here, and how to mend it."
    )
)
@click.option("--json", "as_json", is_flag=True, help=runtime.both("Sortie JSON.", "JSON output."))
def doctor(*, as_json: bool) -> None:
    """Check the installation; exit code 1 when something is wrong."""
    from come.project import doctor as examination  # noqa: PLC0415 - only this command needs it

    findings = examination.examine()
    if as_json:
        runtime.print_json(examination.as_json(findings))
    else:
        examination.show(findings)
    sys.exit(1 if examination.is_wrong(findings) else 0)
