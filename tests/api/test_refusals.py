"""What every route refuses, and how: the routes come from the API's own document."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from django import test

import api_world
from api_routes import BODIES, LISTS, NOBODY, PROBLEM, READS, ROUTES, WITH_IDENTIFIER, WRITES, Route, problem
from api_world import World
from come.shared import models as shared_models, obstacles
from come.staff import models as staff_models

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("api")]
each = pytest.mark.parametrize


def _facts() -> int:
    return shared_models.EventLog.objects.count()


def test_the_document_has_every_resource_of_the_road():
    assert len(ROUTES) >= 40
    assert {route.template.split("/")[2] for route in ROUTES} == {
        "productCatalogManagement", "party", "customerManagement", "accountManagement", "quoteManagement", "productOrderingManagement",
        "productInventory", "usageManagement", "customerBillManagement", "troubleTicket",
    }  # fmt: skip
    assert len(LISTS) >= 14


@each("route", ROUTES, ids=str)
def test_nobody_gets_in_without_a_key(route: Route, world: World):
    answer = world.call(route.method, route.path(), {} if route in BODIES else None, who="")
    assert problem(answer, 401)["code"] == "api.unauthenticated"
    assert answer["WWW-Authenticate"] == "Bearer"
    wrong = world.call(route.method, route.path(), who="", Authorization="Bearer come_nimporte")
    assert problem(wrong, 401)["code"] == "api.wrong_token"
    assert wrong["WWW-Authenticate"] == "Bearer"


@each("route", ROUTES, ids=str)
def test_a_key_without_the_right_is_refused(route: Route, world: World):
    staff_models.StaffMember.objects.filter(login="alice").update(roles=[])
    before = _facts()
    answer = world.call(route.method, route.path(), {} if route in BODIES else None)
    assert problem(answer, 403)["code"] == "staff.not_allowed"
    assert _facts() == before


@each("route", WITH_IDENTIFIER, ids=str)
def test_an_unknown_identifier_is_not_found(route: Route, world: World):
    for nobody in (*NOBODY, "%00", "x" * 3_000, "é%20;'\"", "9" * 30):
        answer = world.call(route.method, route.path(nobody), {} if route in BODIES else None, who=_writer(route))
        problem(answer, 404)


@each("route", ROUTES, ids=str)
def test_a_method_that_a_path_does_not_have_is_named(route: Route, world: World):
    known = {other.method for other in ROUTES if other.template == route.template}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - known:
        answer = world.call(method, route.path(), {})
        assert problem(answer, 405)["code"] == "shared.method_not_allowed"
        assert set(answer["Allow"].replace(" ", "").split(",")) == known


@each("path", ["/tmf-api/", "/tmf-api/nulle-part", "/tmf-api/quoteManagement/v4/", "/tmf-api/quoteManagement/v5/quote", "/tmf-api/a%00b"])
@each("who", ["alice", ""])
def test_an_address_that_does_not_exist_is_a_problem_too(path: str, who: str, world: World):
    assert problem(world.call("GET", path, who=who), 404)["code"] == "shared.no_such_path"


@each("route", ROUTES, ids=str)
def test_an_unknown_parameter_is_refused_never_ignored(route: Route, world: World):
    who = _writer(route)
    path = route.address(world)
    before = _facts()
    answer = world.call(route.method, f"{path}{'&' if '?' in path else '?'}couleur=bleu", {} if route in BODIES else None, who=who)
    body = problem(answer, 400)
    assert (body["code"], "couleur" in body["detail"]) == ("tmf.unknown_parameter", True)
    assert _facts() == before


@each("route", READS, ids=str)
def test_the_document_names_the_parameters_that_a_route_takes(route: Route, world: World):
    """The refusal of a parameter says which ones are permitted: the document says the same."""
    path = route.address(world)
    answer = world.call("GET", f"{path}{'&' if '?' in path else '?'}couleur=bleu")
    said = problem(answer, 400)["next_step"].removeprefix("Paramètres permis\u202f: ").removeprefix("Paramètres permis : ").rstrip(".")
    documented = {one["name"] for one in route.operation["parameters"] if one["in"] == "query"}
    assert set(said.split(", ")) == documented


MALFORMED = [
    b"", b"{", b"[]", b"3", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}', b"9" * 5_000,
]  # fmt: skip


@each("route", BODIES, ids=str)
def test_a_body_that_is_no_json_object_is_malformed(route: Route, world: World):
    who = _writer(route)
    before = _facts()
    for raw in MALFORMED:
        answer = world.call(route.method, route.address(world), raw=raw, who=who)
        assert problem(answer, 400)["code"] in {"api.invalid_json", "api.invalid_body", "api.bad_text"}, raw[:20]
    assert _facts() == before


@each("route", BODIES, ids=str)
def test_a_body_says_that_it_is_json(route: Route, world: World):
    client = test.Client(headers={"Authorization": f"Bearer {world.keys[_writer(route)]}"})
    answer = client.generic(route.method, route.address(world), b"a=b", content_type="application/x-www-form-urlencoded")
    assert problem(answer, 415)["code"] == "api.not_json"


@each("route", BODIES, ids=str)
def test_an_unknown_attribute_is_refused_and_named(route: Route, world: World):
    who = _writer(route)
    before = _facts()
    body = problem(world.call(route.method, route.address(world), {"surprise": 1}, who=who), 400)
    assert "surprise" in body["detail"]
    assert _facts() == before


@each("route", [route for route in BODIES if route.method == "POST"], ids=str)
def test_an_empty_object_is_refused_with_what_is_missing(route: Route, world: World):
    before = _facts()
    body = world.call("POST", route.path(), {}, who=_writer(route))
    assert body.status_code in {400, 422}
    assert problem(body, body.status_code)["errors"]
    assert _facts() == before


@each("route", BODIES, ids=str)
def test_a_body_that_is_too_large_is_refused(route: Route, world: World, settings: Any):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    who = _writer(route)
    before = _facts()
    body = problem(world.call(route.method, route.address(world), {"name": "x" * 10_000}, who=who), 413)
    assert body["code"] == "shared.too_big"
    assert _facts() == before


WRONG_PAGES = {
    "limit=beaucoup": "tmf.bad_number",
    "offset=-1": "tmf.bad_number",
    "limit=1.5": "tmf.bad_number",
    "limit=": "tmf.bad_number",
    "limit=٣": "tmf.bad_number",
    "offset=99999999999999999999": "tmf.bad_number",
    f"limit={'9' * 5_000}": "tmf.bad_number",
    "fields=%00": "tmf.bad_text",
}


@each("route", LISTS, ids=str)
def test_a_wrong_page_is_refused(route: Route, world: World):
    path = route.address(world)
    for question, code in WRONG_PAGES.items():
        assert problem(world.call("GET", f"{path}{'&' if '?' in path else '?'}{question}"), 400)["code"] == code


@each("route", LISTS, ids=str)
def test_a_filter_that_fits_nothing_is_answered(route: Route, world: World):
    names = {one["name"] for one in route.operation["parameters"] if one["in"] == "query"} - {"fields", "offset", "limit"}
    path = route.address(world)
    for name, value in itertools.product(sorted(names), ["%00", "''", "é" * 500, "-1", NOBODY[0], "{}", "9" * 40]):
        answer = world.call("GET", f"{path}{'&' if '?' in path else '?'}{name}={value}&limit=1")
        if answer.status_code == 200:
            assert int(answer["X-Total-Count"]) >= len(answer.json())
        else:
            assert answer.status_code in {400, 404}, (name, answer.content.decode()[:500])
            problem(answer, answer.status_code)


@each("route", WRITES, ids=str)
def test_a_session_writes_only_with_its_token_against_other_sites(route: Route, world: World):
    login = _writer(route)
    client = test.Client(enforce_csrf_checks=True)
    client.force_login(staff_models.StaffMember.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    path = route.address(world)
    before = _facts()
    refused = client.generic(route.method, path, b"{}", content_type="application/json")
    assert problem(refused, 403)["code"] == "api.csrf"
    assert _facts() == before
    client.cookies["csrftoken"] = "a" * 32
    allowed = client.generic(route.method, path, b"{}", content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert (allowed.status_code, allowed.headers["Content-Type"]) != (403, PROBLEM)
    by_key = world.call(route.method, path, {} if route in BODIES else None, who=login)
    assert by_key.status_code == allowed.status_code


@each("route", READS, ids=str)
def test_a_session_reads_without_one(route: Route, world: World):
    client = test.Client(enforce_csrf_checks=True)
    client.force_login(staff_models.StaffMember.objects.get(login="alice"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(route.address(world)).status_code == 200


def test_problems_are_said_in_the_language_that_is_asked_for(world: World):
    path = f"{api_world.QUOTE}/DEV-0"
    french, english = world.call("GET", path).json(), world.call("GET", path, **{"Accept-Language": "en"}).json()
    assert (french["title"], english["title"]) == ("Introuvable", "Not found")
    assert french["code"] == english["code"]
    assert english["reason"] != french["reason"]


def _writer(route: Route) -> str:
    """Return who may call: the catalogue is written by the people of pricing."""
    return "gaia" if "productCatalogManagement" in route.template and route.method != "GET" else "alice"


def test_the_same_key_with_another_body_is_a_conflict(world: World):
    for path, body, other in SAME_KEY:
        who = "gaia" if "Catalog" in path else "alice"
        key = {"Idempotency-Key": f"appel-{path}"}
        first = world.call("POST", path, body, who=who, **key)
        assert first.status_code == 201, first.content.decode()
        before = _facts()
        again = world.call("POST", path, body, who=who, **key)
        assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
        assert problem(world.call("POST", path, other, who=who, **key), 409)["code"] == "shared.request_id_reused"
        assert _facts() == before


CUSTOMER = {"id": "CLI-2025-000001", "role": "customer"}
TICKET = {"description": "Panne", "severity": "major", "ticketType": "incident"}
SAME_KEY: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (api_world.QUOTE, api_world.quote_body(), api_world.quote_body(description="Autre")),
    (api_world.ORDER, api_world.order_body(1), api_world.order_body(2)),
    (api_world.INDIVIDUAL, api_world.INDIVIDUAL_BODY, api_world.INDIVIDUAL_BODY | {"givenName": "Zoé"}),
    ("/tmf-api/troubleTicket/v4/troubleTicket", TICKET, TICKET | {"severity": "minor"}),
    (
        "/tmf-api/accountManagement/v4/billingAccount",
        {"name": "Dépôts", "relatedParty": [CUSTOMER]},
        {"name": "Ateliers", "relatedParty": [CUSTOMER]},
    ),
    ("/tmf-api/party/v4/organization", {"tradingName": "Atelier Sans Numéro"}, {"tradingName": "Autre Atelier Sans Numéro"}),
    ("/tmf-api/productCatalogManagement/v4/productSpecification", {"name": "Carte"}, {"name": "Autre carte"}),
    ("/tmf-api/productCatalogManagement/v4/productOffering", {"name": "Option A"}, {"name": "Option B"}),
]


def test_every_way_to_make_something_is_tested_for_its_conflict():
    tested = {path for path, _, _ in SAME_KEY}
    made = {route.template for route in ROUTES if route.method == "POST"}
    # Elsewhere: a file needs a company of the registry, a cancellation needs an order.
    assert made - tested == {
        "/tmf-api/customerManagement/v4/customer",
        "/tmf-api/productOrderingManagement/v4/cancelProductOrder",
    }


def test_what_a_client_sent_comes_back_as_it_was_sent(world: World):
    """The bodies of the tests above are JSON like any other: spaces and escapes change nothing."""
    spaced = json.dumps(TICKET, indent=4, ensure_ascii=True).encode()
    answer = world.call("POST", "/tmf-api/troubleTicket/v4/troubleTicket", raw=spaced)
    assert (answer.status_code, answer.json()["description"]) == (201, "Panne")


@each(
    ("change", "path"),
    [
        ({"quantity": 5}, "productOrderItem/0/quantity"),
        ({"itemPrice": []}, "productOrderItem/0"),
    ],
)
def test_an_order_takes_nothing_that_it_would_forget(change: dict[str, Any], path: str, world: World):
    body = api_world.order_body(1)
    body["productOrderItem"][0] |= change
    before = _facts()
    assert [one["path"] for one in problem(world.call("POST", api_world.ORDER, body), 400)["errors"]] == [path]
    for name in ("note", "priority", "requestedCompletionDate", "quote_"):
        assert (
            problem(world.call("POST", api_world.ORDER, api_world.order_body(1, **{name: "x"})), 400)["code"] == "tmf.unsupported_attribute"
        )
    with_quote = {"quote": [{"id": "DEV-2026-000001"}], "externalId": "EXT-9"}
    assert "externalId" in problem(world.call("POST", api_world.ORDER, with_quote), 400)["detail"]
    assert _facts() == before


def test_two_callers_may_use_the_same_key(world: World):
    path, key = "/tmf-api/troubleTicket/v4/troubleTicket", {"Idempotency-Key": "1"}
    first, second = (world.call("POST", path, TICKET, who=who, **key) for who in ("alice", "bob"))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


def test_a_quote_that_is_refused_leaves_no_draft(world: World, monkeypatch: pytest.MonkeyPatch):
    def refused(**_given: Any) -> None:
        raise obstacles.Refusal(obstacles.Obstacle("quote.refused", obstacles.Severity.REFUSAL, "Non."))

    monkeypatch.setattr("come.quote.commands.add_lines", refused)
    before = _facts(), world.call("GET", api_world.QUOTE)["X-Total-Count"]
    assert problem(world.call("POST", api_world.QUOTE, api_world.quote_body()), 422)["code"] == "quote.refused"
    assert (_facts(), world.call("GET", api_world.QUOTE)["X-Total-Count"]) == before
