"""Who orders during a chaos: a partner's system by the API, a seller on the screens; both insist under the same key.

An act is asked again until it is answered, and sometimes once more after that: a double click, a replayed request.
"""

from __future__ import annotations

import dataclasses
import http.client
import http.cookiejar
import json
import random
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from come.shared import identifiers, ids

_PATIENCE_SECONDS = 120.0
_ANSWER_SECONDS = 15
_ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
_REFERENCE = re.compile(r"/commandes/(CMD-[\d-]+)/")
_SERVER_ERROR = 500
_REFUSED = range(400, 500)


@dataclasses.dataclass(frozen=True, slots=True)
class Act:
    """One thing to ask: `kind` is install, port_in, suspend or terminate; `lines` are those of a fleet, if any."""

    number: int
    kind: str
    customer: str
    body: Mapping[str, Any]
    lines: tuple[str, ...] = ()
    is_doubled: bool = False


@dataclasses.dataclass(slots=True)
class Told:
    """What became of an act: the references answered (one, if all is well), or the refusal; seconds until the first answer."""

    act: Act
    references: list[str] = dataclasses.field(default_factory=list)
    refusal: str = ""
    seconds: float = 0.0
    tries: int = 0


def draw(seed: int, count: int, world: Mapping[str, Any]) -> list[Act]:
    """Return the acts of a run, the same for the same seed: six in ten install, the others change a fleet's lines."""
    dice = random.Random(f"{seed}:acts")  # noqa: S311 - reproducible faults
    elsewhere = list(world["elsewhere"])
    fleets = {reference: list(lines) for reference, lines in world["lines"].items()}
    buyers = [customer for customer in world["customers"] if customer["plans"]]
    acts = []
    for number in range(count):
        kind = dice.choices(("install", "port_in", "suspend", "terminate"), (50, 15, 25, 10))[0]
        is_doubled = dice.random() < 0.2
        if kind in {"suspend", "terminate"}:
            reference = dice.choice([name for name, lines in fleets.items() if lines] or [""])
            if reference:
                lines = tuple(fleets[reference].pop() for _ in range(min(dice.randint(1, 3), len(fleets[reference]))))
                acts.append(Act(number, kind, reference, {}, lines, is_doubled))
                continue
            kind = "install"
        buyer = dice.choice(buyers)
        items = [_item(dice, buyer["plans"], elsewhere.pop() if kind == "port_in" else "", place) for place in range(dice.randint(1, 5))]
        body = {
            "relatedParty": [{"id": buyer["reference"], "role": "customer"}],
            "billingAccount": {"id": buyer["account"]},
            "productOrderItem": items,
        }
        acts.append(Act(number, kind, buyer["reference"], body, (), is_doubled))
    return acts


def _item(dice: random.Random, plans: list[str], msisdn: str, place: int) -> dict[str, Any]:
    traits = {"userLabel": f"Poste {dice.randrange(10_000)}"}
    if msisdn:
        start = f"01P{dice.randrange(10**6):06d}"
        traits |= {"msisdn": msisdn, "rio": start + identifiers.rio_key(start, msisdn)}
    return {
        "id": str(place + 1),
        "action": "add",
        "productOffering": {"id": dice.choice(plans)},
        "product": {"productCharacteristic": [{"name": name, "value": value} for name, value in traits.items()]},
    }


class Client:
    """One caller; keeps its key and its session through every fault."""

    def __init__(self, base: str, world: Mapping[str, Any], seed: int) -> None:
        self._base = base
        self._world = world
        self._seed = seed
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar), _NoRedirect())

    def ask(self, act: Act) -> Told:
        """Ask until there is an answer; a doubled act is asked once more, under the same key."""
        told = Told(act)
        started = time.monotonic()
        for _ in range(2 if act.is_doubled else 1):
            self._insist(told)
            told.seconds = told.seconds or time.monotonic() - started
        return told

    def _insist(self, told: Told) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            told.tries += 1
            try:
                reference = self._install(told.act) if not told.act.lines else self._change(told.act)
            except _RefusedError as refused:
                told.refusal = str(refused)
                return
            except (OSError, http.client.HTTPException, _AgainError):
                time.sleep(0.3)
                continue
            told.references.append(reference)
            return
        told.refusal = "no answer"

    def repair(self, signature: str) -> None:
        """Try again, once for all, what a cause holds: support does it on the repairs page."""
        for _ in range(3):
            try:
                place, _body = self._form("/commandes/reparations/relancer/", [("signature", signature)])
            except (OSError, http.client.HTTPException, _AgainError, _RefusedError):
                place = ""
            if place.startswith("/commandes/reparations"):
                return
            self._sign_in("karim")
        msg = f"the repair of {signature} was not taken"
        raise RuntimeError(msg)

    def _key(self, act: Act) -> str:
        return str(ids.derived("chaos", self._seed, act.number))

    def _install(self, act: Act) -> str:
        headers = {"Authorization": f"Bearer {self._world['key']}", "Content-Type": "application/json", "Idempotency-Key": self._key(act)}
        _, body = self._send(_ORDERS, json.dumps(act.body).encode(), headers)
        return str(json.loads(body)["id"])

    def _change(self, act: Act) -> str:
        fields = [("operation", act.kind), ("reason", "Essai de pannes"), ("request_id", self._key(act))]
        fields += [("selected", line) for line in act.lines]
        place, _ = self._form(f"/commandes/entreprise/{urllib.parse.quote(act.customer)}/lignes/", fields)
        found = _REFERENCE.search(place)
        if found is None:
            self._sign_in()
            raise _AgainError
        return found[1]

    def _form(self, path: str, fields: list[tuple[str, str]]) -> tuple[str, str]:
        token = next((cookie.value for cookie in self._jar if cookie.name == "csrftoken"), "")
        body = urllib.parse.urlencode([*fields, ("csrfmiddlewaretoken", token or "")]).encode()
        return self._send(path, body, {"Referer": self._base + path})

    def _sign_in(self, login: str = "alice") -> None:
        self._send("/connexion/", None, {})
        self._form("/connexion/", [("login", login), ("password", self._world["password"])])

    def _send(self, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[str, str]:
        request = urllib.request.Request(self._base + path, data=body, headers=dict(headers))  # noqa: S310 - loopback
        try:
            with self._opener.open(request, timeout=_ANSWER_SECONDS) as answer:
                return answer.headers.get("Location", ""), answer.read().decode()
        except urllib.error.HTTPError as error:
            said = error.read().decode("utf-8", "replace")
            if error.code in _REFUSED and not (error.code == 403 and "csrf" in said.lower()):
                raise _RefusedError(f"{error.code} {said[:300]}") from error
            if error.code < _SERVER_ERROR and error.code not in _REFUSED:
                return error.headers.get("Location", ""), said
            if error.code in _REFUSED:
                self._sign_in()
            raise _AgainError from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Where a form leads is the answer itself."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""
        return


class _AgainError(Exception):
    """No answer to rely on: the same act is asked again under the same key."""


class _RefusedError(Exception):
    """A refusal with its reason: not asked again."""
