"""Jobs of incidents: each may die at any moment and be run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from come.shared import actor as actors, clock, wiring
from come.ticket import commands, ports

_ACTOR = actors.system_actor("Suivi des incidents")


@app.task(name="ticket.post_notices", queue="mail")
def post_notices() -> None:
    """Post what was told."""
    commands.post_notices(at=clock.now(), mail=wiring.port(ports.Mail))


@app.task(name="ticket.write_state_page", queue="default")
def write_state_page() -> None:
    """Write the public state page."""
    commands.write_state_page(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="ticket.index_tick", queue="mail", queueing_lock="ticket.index_tick", pass_context=False)
def index_tick(timestamp: int) -> None:
    """Index what is not, count the terms, post again what the mail refused."""
    at = clock.now()
    commands.index_tickets(at=at)
    commands.post_notices(at=at, mail=wiring.port(ports.Mail))


@app.periodic(cron="*/5 * * * *")
@app.task(name="ticket.state_tick", queue="default", queueing_lock="ticket.state_tick", pass_context=False)
def state_tick(timestamp: int) -> None:
    """Write the state page again, so that its time tells that the product lives; close the repairs that hold."""
    at = clock.now()
    commands.close_settled(at=at, actor=_ACTOR)
    commands.write_state_page(at=at)
