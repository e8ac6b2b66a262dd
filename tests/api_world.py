"""The road in one database, for tests of the HTTP API: a company, a quote, an order, lines, usage, a bill, an incident.

Everything was made by the product's own commands, so that every resource of the API has something true to show.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import pathlib
import uuid
from collections.abc import Mapping
from typing import Any

from django import http, test

import fleet_world
import staff_cast
import usage_world
from billing import billing_world
from come.billing import commands as billing_commands
from come.party import models as party_models
from come.shared import actor as actors, identifiers
from come.staff import commands as staff_commands, models as staff_models, queries as staff_queries
from come.ticket import commands as ticket_commands
from come.usage import commands as usage_commands

AT = usage_world.AT
OFFERING = "MOB-ILL-50"
ROOT = "/tmf-api"
QUOTE = f"{ROOT}/quoteManagement/v4/quote"
INDIVIDUAL = f"{ROOT}/party/v4/individual"
INDIVIDUAL_BODY = {
    "givenName": "Anne",
    "familyName": "Durand",
    "relatedParty": [{"id": "CLI-2025-000001", "role": "Achats"}],
    "contactMedium": [{"mediumType": "email", "characteristic": {"emailAddress": "anne.durand@boulangeries.example"}}],
}
ORDER = f"{ROOT}/productOrderingManagement/v4/productOrder"


@dataclasses.dataclass(frozen=True)
class World:
    """The people and their keys."""

    fleet: fleet_world.World
    keys: Mapping[str, str]
    # What is there to be read, once looked up: the address of each route.
    addresses: dict[str, str] = dataclasses.field(default_factory=dict)

    def call(
        self, method: str, path: str, body: Any = None, *, who: str = "alice", raw: bytes | None = None, **headers: str
    ) -> http.HttpResponse:
        """Call the API with a person's key ("" for none); `raw` is a body that is sent as it is."""
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        sent = ({"Authorization": f"Bearer {self.keys[who]}"} if who else {}) | headers
        answer: http.HttpResponse = test.Client(raise_request_exception=False, headers=sent).generic(
            method, path, data, content_type="application/json"
        )
        return answer


def _holder(login: str, name: str, role: str, agency_id: uuid.UUID) -> actors.Actor:
    system = actors.system_actor("tests")
    staff_id = staff_commands.create_staff_member(
        login=login, display_name=name, roles=[role], agency_ids=[agency_id], password=staff_cast.PASSWORD, actor=system, at=AT
    )
    found = staff_queries.actor_for(staff_id=staff_id)
    assert found is not None
    return found


def _key(actor: actors.Actor) -> str:
    key = f"come_{actor.name}"
    staff_models.ApiToken.objects.create(
        staff_member_id=actor.staff_id, name="essai", token_hash=staff_queries.token_hash(key), created_at=AT - dt.timedelta(days=1)
    )
    return key


def quote_body(**given: Any) -> dict[str, Any]:
    """Return the body of a quote of two lines for the company."""
    items = [{"id": "1", "action": "add", "productOffering": {"id": OFFERING}, "quantity": 2}]
    return {"relatedParty": [{"id": "CLI-2025-000001", "role": "customer"}], "quoteItem": items} | given


def order_body(count: int = 1, **given: Any) -> dict[str, Any]:
    """Return the body of an order of lines for the company."""
    items = [
        {
            "id": str(number),
            "action": "add",
            "productOffering": {"id": OFFERING},
            "product": {"productCharacteristic": [{"name": "userLabel", "value": f"Camion {number}"}]},
        }
        for number in range(1, count + 1)
    ]
    return {"relatedParty": [{"id": "CLI-2025-000001", "role": "customer"}], "productOrderItem": items} | given


def build(home: pathlib.Path) -> World:
    """Tell the road small in the test's database; `home` must be the settings' COME_HOME."""
    fleet = usage_world.build(home)
    siren = identifiers.test_siren(1)
    party_models.LegalUnit.objects.filter(siren=siren).update(vat_number=identifiers.vat_from_siren(siren))
    # Numbers of a year before: what the API makes takes those of its own year.
    party_models.CustomerFile.objects.filter(id=fleet.company).update(reference="CLI-2025-000001")
    party_models.BillingAccount.objects.filter(id=fleet.account).update(
        reference="CF-2025-000001", endpoint_id=siren, is_split_by_cost_centre=False
    )
    people = {
        "alice": fleet.alice,
        "bob": fleet.bob,
        "charlie": fleet.charlie,
        "sam": fleet.sam,
        "gaia": _holder("gaia", "Système partenaire", "api_client", fleet.lyon),
    }
    world = World(fleet, {login: _key(actor) for login, actor in people.items()})
    for path, body in (
        (INDIVIDUAL, INDIVIDUAL_BODY),
        (QUOTE, quote_body(description="Flotte")),
        (ORDER, order_body(2, externalId="EXT-1")),
    ):
        answer = world.call("POST", path, body)
        assert answer.status_code == 201, answer.content.decode()
    _bill(home)
    ticket_commands.open_ticket(
        description="Une ligne ne reçoit plus d’appels.",
        title="Appels entrants",
        severity="major",
        ticket_type="network",
        context={},
        actor=fleet.alice,
        at=AT,
    )
    return world


def _bill(home: pathlib.Path) -> None:
    lines = [usage_world.record("V1", seconds=61), usage_world.record("S1", service="sms", seconds=0)]
    usage_commands.ingest_file(path=usage_world.write(home, lines), actor=usage_world.SYSTEM, at=AT)
    usage_commands.rate_cycle(cycle="2026-10", actor=usage_world.SYSTEM, at=AT)
    billing_commands.set_up_issuer(issuer=billing_world.issuer(), actor=billing_world.OLIVIA, at=AT)
    billing_world.through_issue()
