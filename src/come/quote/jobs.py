"""Jobs of quotes. The work is in the database: a job may die at any moment and be run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from come.quote import commands, ports
from come.shared import actor as actors, clock, wiring


@app.task(name="quote.post_letters", queue="mail")
def post_letters() -> None:
    """Post the letters that wait."""
    commands.post_letters(at=clock.now(), mail=wiring.port(ports.Mail))


@app.periodic(cron="* * * * *")
@app.task(name="quote.letters_tick", queue="mail", queueing_lock="quote.letters_tick", pass_context=False)
def letters_tick(timestamp: int) -> None:
    """Post again what the mail refused before."""
    commands.post_letters(at=clock.now(), mail=wiring.port(ports.Mail))


@app.periodic(cron="*/5 * * * *")
@app.task(name="quote.approvals_tick", queue="mail", queueing_lock="quote.approvals_tick", pass_context=False)
def approvals_tick(timestamp: int) -> None:
    """Remind who was asked to approve and has not answered; hand on what waited too long."""
    commands.remind_approvals(at=clock.now(), actor=actors.system_actor("Rappels"))
    commands.post_letters(at=clock.now(), mail=wiring.port(ports.Mail))
