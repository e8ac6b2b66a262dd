"""A world for tests of companies: the fixed cast, a small registry with its mirror, and ways to open files."""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
import tempfile

import staff_cast
from come.edges.registry import files, mirror
from come.party import commands, generator, records
from come.shared import actor as actors

AT = staff_cast.AT
SEED = 7
UNITS = 300
AS_OF = dt.date(2026, 10, 31)


class Registry(mirror.RegistryMirror):
    """The mirror of a registry of 300 synthetic companies, made once for a run of tests."""

    def __init__(self) -> None:
        super().__init__(_mirror())


@functools.cache
def _mirror() -> pathlib.Path:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="come-registry-"))
    sirene = files.SireneFiles(folder / "mirror")
    sirene.generate(folder=folder / "stock", units=UNITS, seed=SEED, as_of=AS_OF)
    sirene.adopt(folder=folder / "stock")
    return folder / "mirror"


def company(position: int = 0, **wanted: object) -> generator.Company:
    """Return an open company of the registry that publishes its identity, or one with the attributes wanted."""
    criteria = {"is_active": True, "is_masked": False} | wanted
    found = [
        one
        for one in (generator.company(number, SEED) for number in range(UNITS))
        if all(getattr(one, name) == value for name, value in criteria.items())
    ]
    return found[position]


def open_file(one: generator.Company, seller: actors.Actor, **given: object) -> commands.CreatedFile:
    """Open the seller's file on a company's head office."""
    values: dict[str, object] = {
        "siret": one.places[0].siret,
        "agency_id": next(iter(seller.agency_ids), None),
        "owner_id": seller.staff_id,
        "segment": "pme",
        "actor": seller,
        "at": AT,
    }
    return commands.create_customer_file(**(values | given))


def account(**given: object) -> records.AccountRow:
    """Return a billing account by transfer."""
    values: dict[str, object] = {"name": "Compte principal", "email": "comptabilite@client.example"}
    return records.AccountRow(**(values | given))
