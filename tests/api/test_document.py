"""The API's document: valid, complete, true of every answer; its page loads nothing from elsewhere."""

from __future__ import annotations

import copy
import functools
import json
import re
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django import test
from django.contrib.staticfiles import finders

import api_world
from api_routes import LISTS, READS, ROUTES, Route, problem
from api_world import World
from come.project import api

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("api")]
each = pytest.mark.parametrize


@functools.cache
def _document() -> dict[str, Any]:
    """Return the document as it is served."""
    return json.loads(test.Client().get("/tmf-api/openapi.json").content)


@functools.cache
def _strict(name: str) -> Any:
    """Return what checks a body against a schema of the document, where nothing may be that the schema does not say."""
    schemas = copy.deepcopy(_document()["components"]["schemas"])
    for schema in schemas.values():
        _close(schema)
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def _close(schema: Any) -> None:
    if isinstance(schema, list):
        for one in schema:
            _close(one)
    elif isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for one in schema.values():
            _close(one)


def _schema_of(route: Route, status: int) -> str:
    content = route.operation["responses"][str(status)]["content"]["application/json"]["schema"]
    return content.get("items", content)["$ref"].rpartition("/")[2]


def test_it_is_a_valid_openapi_document():
    document = _document()
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"}), name
    # Everything that is named exists, and everything that exists is named.
    text = json.dumps(document)
    named = set(re.findall(r'"#/components/([a-z]+/\w+)"', text))
    there = {f"{kind}/{name}" for kind in ("schemas", "responses") for name in document["components"][kind]}
    assert named == there


def test_every_operation_has_its_own_name_and_declares_its_refusals():
    names = [route.operation["operationId"] for route in ROUTES]
    assert len(names) == len(set(names))
    for route in ROUTES:
        assert {"400", "401", "403", "404"} <= set(route.operation["responses"]), route
        declared = [one["name"] for one in route.operation["parameters"] if one["in"] == "path"]
        assert declared == re.findall(r"\{(\w+)\}", route.template), route
        assert not any("come" in name for name in names)


def test_the_document_needs_no_key_and_says_which_one_the_rest_needs():
    document = _document()
    assert document["security"] == [{"key": []}, {"session": []}]
    assert set(document["components"]["securitySchemes"]) == {"key", "session"}


@each("route", READS, ids=str)
def test_what_is_read_is_what_the_document_says_and_nothing_else(route: Route, world: World):
    answer = world.call("GET", route.address(world) + ("&limit=1000" if "?" in route.address(world) else "?limit=1000") * route.is_list)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "application/json")
    body = answer.json()
    checker = _strict(_schema_of(route, 200))
    for one in body if route.is_list else [body]:
        assert [f"{error.instance_path}: {error.message}" for error in checker.iter_errors(one)] == []


def test_every_list_shows_something_to_check(world: World):
    assert [str(route) for route in LISTS if not world.call("GET", route.address(world)).json()] == []


def test_what_is_made_is_what_the_document_says(world: World):
    made = {}
    for path, body in (
        (api_world.QUOTE, api_world.quote_body()),
        (api_world.ORDER, api_world.order_body(1)),
        (api_world.INDIVIDUAL, api_world.INDIVIDUAL_BODY),
    ):
        assert _request(path).is_valid(body)
        answer = world.call("POST", path, body)
        made[path] = answer.json()
        route = next(one for one in ROUTES if (one.method, one.template) == ("POST", path))
        assert (answer.status_code, answer["Location"]) == (201, made[path]["href"])
        assert [error.message for error in _strict(_schema_of(route, 201)).iter_errors(made[path])] == []
        assert world.call("GET", answer["Location"].removeprefix("http://testserver")).status_code == 200
    task = "/tmf-api/productOrderingManagement/v4/cancelProductOrder"
    cancelled = world.call("POST", task, {"productOrder": {"id": made[api_world.ORDER]["id"]}, "cancellationReason": "Essai"})
    assert [error.message for error in _strict("CancelProductOrder").iter_errors(cancelled.json())] == []


def _request(path: str) -> Any:
    route = next(one for one in ROUTES if (one.method, one.template) == ("POST", path))
    return _strict(route.operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2])


def test_problems_are_what_the_document_says(world: World):
    items = [{"id": "1", "action": "delete", "productOffering": {}}]
    answers = [
        problem(world.call("GET", f"{api_world.QUOTE}/DEV-0"), 404),
        problem(world.call("GET", api_world.QUOTE, who=""), 401),
        problem(world.call("POST", api_world.ORDER, api_world.order_body(productOrderItem=items)), 400),
    ]
    for body in answers:
        assert [error.message for error in _strict("Error").iter_errors(body)] == []
    assert [one["path"] for one in answers[2]["errors"]] == ["productOrderItem/0/action", "productOrderItem/0/productOffering/id"]


def test_its_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(world: World):
    answer = test.Client().get("/tmf-api/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "//" not in re.sub(r"<!--.*?-->", "", page).replace("http://www.w3.org", "")
    assert re.search(r"\bstyle=|<style|\bon\w+=", page) is None
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == ['<script type="application/json" id="swagger-settings">']
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(assets) >= 3
    for address in assets:
        assert address.startswith("/static/")
        assert finders.find(address.removeprefix("/static/")), address
    assert '"url": "/tmf-api/openapi.json"' in page


def test_the_framework_makes_the_document_from_the_routes_that_exist():
    assert set(_document()["paths"]) == set(api.api.get_openapi_schema()["paths"])
