"""Whatever is sent, right or wrong by the document, the answer is one that the document declares, and never a fault."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import strategies
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

import effort
from api_routes import ROUTES, Route
from api_world import World
from come.project import api, wsgi

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("api")]
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
SIGNALS = (signals.request_started, signals.request_finished)


def _application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer on the test's own connection, which the product would give back after each request."""
    for signal in SIGNALS:
        signal.disconnect(close_old_connections)
    try:
        answer = wsgi.application(environ, start_response)
        whole = b"".join(answer)
        answer.close()
        return [whole]
    finally:
        for signal in SIGNALS:
            signal.connect(close_old_connections)


DOCUMENT = schemathesis.openapi.from_dict(dict(api.api.get_openapi_schema()))
DOCUMENT.app = _application


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_answer_is_declared(route: Route, mode: GenerationMode, world: World):
    operation = DOCUMENT[route.template][route.method]
    there = dict(_identifiers(route, world))
    cases = operation.as_strategy(mode)
    if there:
        cases = strategies.one_of(operation.as_strategy(mode, path_parameters=there), cases)
    who = "gaia" if "productCatalogManagement" in route.template else "alice"

    @hypothesis.given(case=cases)
    @hypothesis.settings(
        max_examples=effort.examples(6), derandomize=True, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    def asked(case: Any) -> None:
        with transaction.atomic():
            case.call_and_validate(headers={"Authorization": f"Bearer {world.keys[who]}"}, checks=CHECKS)
            transaction.set_rollback(True)

    asked()


def _identifiers(route: Route, world: World) -> list[tuple[str, str]]:
    names = [one["name"] for one in route.operation["parameters"] if one["in"] == "path"]
    place = route.template.split("/").index(f"{{{names[0]}}}") if names else 0
    return [(name, route.address(world).partition("?")[0].split("/")[place]) for name in names]
