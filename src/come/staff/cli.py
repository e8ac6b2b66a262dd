"""Keys to the HTTP API on the command line."""

from __future__ import annotations

import datetime as dt
import json

import click

from come.shared import actor as actors, clock, ids, obstacles, runtime


@click.group(help=runtime.both("Les clés de l’API.", "Keys to the API."))
def token() -> None:
    """Group of keys."""


@token.command(
    "create",
    help=runtime.both("Donne à une personne une clé de l’API, montrée cette seule fois.", "Give a person an API key, shown this once."),
)
@click.argument("login")
@click.option("--name", required=True, help=runtime.both("À quoi sert la clé.", "What the key is for."))
@click.option("--days", type=click.IntRange(1, 3_650), default=365, show_default=True, help=runtime.both("Sa durée.", "How long it lasts."))
@click.option("--json", "as_json", is_flag=True, help=runtime.both("Réponse en JSON.", "Answer in JSON."))
def create(login: str, name: str, days: int, as_json: bool) -> None:
    """Print a new key; only its hash is kept."""
    runtime.setup_django()
    from come.staff import commands, queries  # noqa: PLC0415 - needs Django

    holder = queries.actor_by_login(login=login)
    if holder is None or holder.staff_id is None:
        raise obstacles.not_found("La personne", login)
    at = clock.now()
    expires_at = at + dt.timedelta(days=days)
    system = actors.system_actor("come token create", request_id=str(ids.uuid7()))
    key = commands.issue_api_token(staff_id=holder.staff_id, name=name, expires_at=expires_at, actor=system, at=at)
    click.echo(json.dumps({"token": key, "login": login, "expires_at": expires_at.isoformat()}) if as_json else key)
