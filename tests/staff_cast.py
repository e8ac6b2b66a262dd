"""A fixed cast for every test that needs people: Alice sells, Bob assists, Charlie is from another agency."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from come.shared import actor as actors
from come.staff import commands, policies, queries

AT = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)
PASSWORD = "quatre mots sans rapport"


@dataclasses.dataclass(frozen=True)
class Cast:
    """Everybody, by first name, and the two agencies."""

    lyon: uuid.UUID
    nantes: uuid.UUID
    alice: actors.Actor
    bob: actors.Actor
    charlie: actors.Actor
    diane: actors.Actor
    hugo: actors.Actor
    jeanne: actors.Actor
    karim: actors.Actor
    marc: actors.Actor


def gather() -> Cast:
    """Create the agencies and the people, and return them as actors."""
    system = actors.system_actor("tests")
    lyon = commands.create_agency(code="LYO", name="Agence Lyon", city="Lyon", actor=system, at=AT)
    nantes = commands.create_agency(code="NAN", name="Agence Nantes", city="Nantes", actor=system, at=AT)

    def person(login: str, name: str, role: str, *agency_ids: uuid.UUID) -> actors.Actor:
        staff_id = commands.create_staff_member(
            login=login,
            display_name=name,
            roles=[role],
            agency_ids=agency_ids,
            password=PASSWORD,
            actor=system,
            at=AT,
        )
        found = queries.actor_for(staff_id=staff_id)
        assert found is not None
        return found

    return Cast(
        lyon=lyon,
        nantes=nantes,
        alice=person("alice", "Alice Morel", policies.SELLER, lyon),
        bob=person("bob", "Bob Lambert", policies.ASSISTANT, lyon),
        charlie=person("charlie", "Charlie Nguyen", policies.SELLER, nantes),
        diane=person("diane", "Diane Roussel", policies.MANAGER, lyon),
        hugo=person("hugo", "Hugo Perrin", policies.BILLING_OPERATOR),
        jeanne=person("jeanne", "Jeanne Arnaud", policies.PRICING_MANAGER),
        karim=person("karim", "Karim Saïdi", policies.SUPPORT),
        marc=person("marc", "Marc Delcourt", policies.ADMINISTRATOR),
    )
