"""Jobs of quotes. The work is in the database: a job may die at any moment and be run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from come.quote import commands, ports
from come.shared import clock, wiring


@app.task(name="quote.post_letters", queue="mail")
def post_letters() -> None:
    """Post the letters that wait."""
    commands.post_letters(at=clock.now(), mail=wiring.port(ports.Mail))


@app.periodic(cron="* * * * *")
@app.task(name="quote.letters_tick", queue="mail", queueing_lock="quote.letters_tick", pass_context=False)
def letters_tick(timestamp: int) -> None:
    """Post again what the mail refused before."""
    commands.post_letters(at=clock.now(), mail=wiring.port(ports.Mail))
