"""How every resource is read: pages, chosen attributes, addresses that lead somewhere, and nothing for another agency."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from api_routes import LISTS, READS, ROUTES, WITH_IDENTIFIER, Route, problem
from api_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("api")]
each = pytest.mark.parametrize
# What belongs to nobody's customers: every agency sells from one catalogue, and one incident concerns everybody.
SHARED = ("productCatalogManagement", "usageSpecification", "troubleTicket")


def _with(path: str, question: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{question}"


@each("route", LISTS, ids=str)
def test_a_list_is_read_page_by_page(route: Route, world: World):
    path = route.address(world)
    whole = world.call("GET", _with(path, "limit=1000"))
    everything = whole.json()
    assert everything
    assert whole["X-Total-Count"] == whole["X-Result-Count"] == str(len(everything))
    first, rest = world.call("GET", _with(path, "limit=1")), world.call("GET", _with(path, "offset=1&limit=1000"))
    assert (first["X-Total-Count"], first["X-Result-Count"]) == (str(len(everything)), "1")
    assert rest["X-Result-Count"] == str(len(everything) - 1)
    assert [one["id"] for one in [*first.json(), *rest.json()]] == [one["id"] for one in everything]
    beyond = world.call("GET", _with(path, "offset=999999999"))
    assert (beyond.status_code, beyond.json(), beyond["X-Total-Count"]) == (200, [], str(len(everything)))
    none = world.call("GET", _with(path, "limit=0"))
    assert (none.json(), none["X-Result-Count"], none["X-Total-Count"]) == ([], "0", str(len(everything)))


@each("route", READS, ids=str)
def test_a_reader_chooses_the_attributes(route: Route, world: World):
    path = route.address(world)
    body = world.call("GET", path).json()
    one: dict[str, Any] = body[0] if route.is_list else body
    always = {"id", "href", "@type"} & set(one)
    assert {"id", "@type"} <= always
    name = next(key for key in one if key not in always)
    kept = world.call("GET", _with(path, f"fields={name}")).json()
    assert set(kept[0] if route.is_list else kept) == {*always, name}
    nothing = world.call("GET", _with(path, "fields=inconnu")).json()
    assert set(nothing[0] if route.is_list else nothing) == always


@each("route", READS, ids=str)
def test_every_address_in_a_body_leads_somewhere(route: Route, world: World):
    text = world.call("GET", route.address(world)).content.decode()
    found = sorted(set(re.findall(r'"href": ?"http://testserver(/tmf-api/[^"]+)"', text)))[:20]
    for address in found:
        assert world.call("GET", address).status_code == 200, address


@each("route", [route for route in WITH_IDENTIFIER if not any(name in route.template for name in SHARED)], ids=str)
def test_another_agency_reads_and_changes_nothing(route: Route, world: World):
    path = route.address(world)
    before = _read(world, path)
    body = None if route.method in {"GET", "DELETE"} else {"name": "Pris"} if "customer" in path else {"state": "cancelled"}
    answer = world.call(route.method, path, body, who="charlie")
    assert answer.status_code in {403, 404}
    told = problem(answer, answer.status_code)
    for secret in ("Boulangeries", "Rhône", "Lyon", "Durand", "+336", "Camion"):
        assert secret not in json.dumps(told, ensure_ascii=False)
    assert _read(world, path) == before


def _read(world: World, path: str) -> Any:
    return world.call("GET", path).json()


@each("route", [route for route in LISTS if not any(name in route.template for name in SHARED)], ids=str)
def test_another_agency_lists_nothing(route: Route, world: World):
    path = route.address(world)
    answer = world.call("GET", path, who="charlie")
    if answer.status_code == 200:
        assert (answer.json(), answer["X-Total-Count"], answer["X-Result-Count"]) == ([], "0", "0")
    else:
        assert "Boulangeries" not in problem(answer, answer.status_code)["detail"]


@each("route", READS, ids=str)
def test_an_assistant_of_the_agency_reads_the_same(route: Route, world: World):
    path = route.address(world)
    assert world.call("GET", path, who="bob").json() == world.call("GET", path).json()


def test_every_list_has_its_counts():
    plain = [route for route in ROUTES if route.method == "GET" and not route.template.endswith("}")]
    assert plain == LISTS
