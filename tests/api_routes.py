"""Every operation of the HTTP API, as its own document tells them: a new route is tested from the day it exists."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from api_world import World
from billing import billing_world
from come.project import api

# The document cannot say which line of the test's world has usage.
NEEDED = {"/tmf-api/usageManagement/v4/usage": f"product.id={billing_world.line_id(0)}"}
PROBLEM = "application/problem+json"
# Nobody in the tests' world has this identifier, nor these.
NOBODY = ("00000000-0000-7000-8000-000000000000", "INCONNU-1")


@dataclasses.dataclass(frozen=True)
class Route:
    """One operation of the document."""

    method: str
    template: str
    operation: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.template.removeprefix('/tmf-api/')}"

    @property
    def is_list(self) -> bool:
        """Tell whether it answers with a page of resources."""
        return "X-Total-Count" in self.operation["responses"].get("200", {}).get("headers", {})

    @property
    def needs_identifier(self) -> bool:
        return "{" in self.template

    def path(self, identifier: str = NOBODY[0]) -> str:
        return re.sub(r"\{[^}]+\}", identifier, self.template)

    def address(self, world: World) -> str:
        """Return an address that exists: the first resource of its own list, with the parameters that it cannot do without."""
        if self.template not in world.addresses:
            world.addresses[self.template] = self._look_up(world)
        path = world.addresses[self.template]
        return path + (_question(path) if self.method == "GET" else "")

    def _look_up(self, world: World) -> str:
        if not self.needs_identifier:
            return self.path()
        folder, _, rest = self.template.partition("/{")
        found = world.call("GET", f"{folder}{_question(folder) or '?'}&limit=1").json()
        return f"{folder}/{found[0]['id']}{rest.partition('}')[2]}"


def _question(path: str) -> str:
    return f"?{NEEDED[path]}" if path in NEEDED else ""


def all_routes() -> list[Route]:
    """Return the operations in the order of the document."""
    document = api.api.get_openapi_schema()
    return [
        Route(method.upper(), template, operation)
        for template, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


ROUTES = all_routes()
LISTS = [route for route in ROUTES if route.is_list]
READS = [route for route in ROUTES if route.method == "GET"]
WRITES = [route for route in ROUTES if route.method != "GET"]
BODIES = [route for route in ROUTES if route.method in {"POST", "PUT", "PATCH"}]
WITH_IDENTIFIER = [route for route in ROUTES if route.needs_identifier]


def problem(answer: Any, status: int) -> dict[str, Any]:
    """Return the problem document of an answer, checked: RFC 9457's members, and TM Forum's beside."""
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[:600])
    assert answer["Content-Type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:come:problem:{body['code']}"
    assert body["title"]
    assert body["reason"] == body["detail"] != ""
    assert body["@type"] == "Error"
    return body
