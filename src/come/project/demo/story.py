"""The story's fixed points: dates, seed, people. All figures follow from them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import uuid
from decimal import Decimal

from come.shared import actor as actors, ids, period

SEED = 20_261_001
OPERATOR = "Novaline Entreprises"
CYCLE = "2026-10"
PREVIOUS_CYCLE = "2026-09"
# COME_DEMO_SIZE=small tells the same story about fewer fleets: for tests that kill it again and again.
_IS_SMALL = os.environ.get("COME_DEMO_SIZE", "") == "small"
RECORDS = 20_000 if _IS_SMALL else 1_050_000
COMPANIES = 60 if _IS_SMALL else 300
FLEETS = 8 if _IS_SMALL else 40
# The two fleets that the story names; the others are drawn between 5 and 120 lines.
BIG_FLEET_LINES = 300 if _IS_SMALL else 5_000
MIDDLE_FLEET_LINES = 50 if _IS_SMALL else 500
REGISTRY_UNITS = 1_000 if _IS_SMALL else 5_000
PASSWORD = "novaline-demo-2026"  # noqa: S105 - printed by the demonstration, exists nowhere else


def paris(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    """Return an instant of the story, told on the clock of Paris."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=period.PARIS).astimezone(dt.UTC)


CATALOGUE_AT = paris(2024, 1, 2)
LOADED_AT = paris(2026, 8, 31, 8)
FOUND_AT = paris(2026, 9, 28, 9, 30)
QUOTED_AT = paris(2026, 9, 28, 10)
SENT_AT = paris(2026, 9, 28, 11)
ACCEPTED_AT = paris(2026, 9, 29, 14)
ORDERED_AT = paris(2026, 9, 29, 14, 5)
ACTIVATED_AT = paris(2026, 9, 30, 9)
REPAIRED_AT = paris(2026, 9, 30, 11)
PREVIOUS_SHARE = 5
PREVIOUS_USAGE_AT = paris(2026, 10, 1, 6)
PREVIOUS_BILLED_AT = paris(2026, 10, 1, 8)
PREVIOUS_APPROVED_AT = paris(2026, 10, 1, 10)
USAGE_AT = paris(2026, 11, 2, 6)
BILLED_AT = paris(2026, 11, 2, 8)
APPROVED_AT = paris(2026, 11, 2, 10)
LEFT_AT = paris(2026, 11, 3, 9)


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """One member of the fictional staff."""

    login: str
    name: str
    roles: tuple[str, ...]
    agency_codes: tuple[str, ...]


AGENCIES = (
    ("LYO", "Agence Lyon Rhône-Alpes", "Lyon"),
    ("NAN", "Agence Nantes Atlantique", "Nantes"),
    ("TLS", "Agence Toulouse Occitanie", "Toulouse"),
)
STAFF = (
    Person("alice", "Alice Morel", ("seller",), ("LYO",)),
    Person("amine", "Amine Belkacem", ("seller",), ("LYO",)),
    Person("bob", "Bob Lambert", ("assistant",), ("LYO",)),
    Person("diane", "Diane Roussel", ("manager",), ("LYO",)),
    Person("charlie", "Charlie Nguyen", ("seller",), ("NAN",)),
    Person("clara", "Clara Le Gall", ("seller",), ("NAN",)),
    Person("basile", "Basile Kerdoncuff", ("assistant",), ("NAN",)),
    Person("denis", "Denis Guérin", ("manager",), ("NAN",)),
    Person("elena", "Elena Castro", ("seller",), ("TLS",)),
    Person("etienne", "Étienne Fabre", ("seller",), ("TLS",)),
    Person("farah", "Farah Haddad", ("assistant",), ("TLS",)),
    Person("gilles", "Gilles Pujol", ("manager",), ("TLS",)),
    Person("hugo", "Hugo Perrin", ("billing_operator",), ()),
    Person("ines", "Inès Vasseur", ("billing_operator",), ()),
    Person("jeanne", "Jeanne Arnaud", ("pricing_manager",), ()),
    Person("karim", "Karim Saïdi", ("support",), ()),
    Person("louise", "Louise Picard", ("data_steward",), ()),
    Person("marc", "Marc Delcourt", ("administrator",), ()),
)
# Shown on the sign-in page and at the end of the journey: one login for each trade.
LOGINS = (
    ("alice", "vendeuse"),
    ("bob", "assistant commercial"),
    ("diane", "responsable d’agence"),
    ("hugo", "chargé de facturation"),
    ("jeanne", "responsable des offres"),
    ("karim", "soutien"),
)
AGREEMENT_DISCOUNT = Decimal(12)


def request_id(step: str, *parts: object) -> str:
    """Return the request id of one act of the story, the same at every run."""
    return str(ids.derived("demo", SEED, step, *parts))


def system(step: str, *parts: object) -> actors.Actor:
    """Return the set-up as an actor, under the request id of one step."""
    return actors.system_actor("Démonstration", request_id(step, *parts))


def as_person(actor: actors.Actor, step: str, *parts: object) -> actors.Actor:
    """Return a member of the staff, under the request id of one step."""
    return actor.with_request(request_id(step, *parts))


def stable_id(kind: str, *parts: object) -> uuid.UUID:
    """Return the id of a thing of the story, the same at every run."""
    return ids.derived("demo", SEED, kind, *parts)
