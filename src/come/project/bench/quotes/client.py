"""A signed-in seller's requests over HTTP, timed from the first byte sent to the last one received."""

from __future__ import annotations

import http.client
import http.cookies
import json
import time
import urllib.parse
import uuid
from typing import Any, NamedTuple

_TIMEOUT_SECONDS = 600
_REDIRECTIONS = {301, 302, 303}
_CONFLICT = 409


class Answer(NamedTuple):
    """What came back, and in how many seconds."""

    status: int
    body: str
    location: str
    seconds: float


class Seller:
    """One connection that stays open, its cookies; redirections are told, not followed."""

    def __init__(self, base: str) -> None:
        self._address = urllib.parse.urlsplit(base)
        self._connection = http.client.HTTPConnection(self._address.hostname or "127.0.0.1", self._address.port, timeout=_TIMEOUT_SECONDS)
        self._cookies: dict[str, str] = {}

    def sign_in(self, login: str, password: str) -> None:
        """Sign in, or raise RuntimeError."""
        self.get("/connexion/")
        self.post("/connexion/", {"login": login, "password": password})
        if "sessionid" not in self._cookies:
            msg = f"{login} could not sign in"
            raise RuntimeError(msg)

    def rest(self) -> None:
        """Close the connection, which the server would do; the next request opens another, signed in as before."""
        self._connection.close()

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urllib.parse.urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def send(self, path: str, body: dict[str, Any]) -> Answer:
        """Send what the grid sends; where it asks consent to other negotiated prices, read them and give it, all within the time."""
        kind = {"Content-Type": "application/json", "Accept": "application/json"}
        answer = self._ask("POST", path, json.dumps(body).encode(), kind)
        if answer.status == _CONFLICT:
            mark = json.loads(answer.body)["errors"][0].get("path") or ""
            again = self._ask("POST", path, json.dumps(body | {"consented_changes": mark}).encode(), kind)
            answer = again._replace(seconds=answer.seconds + again.seconds)
        return answer

    def _ask(self, method: str, path: str, body: bytes | None, given: dict[str, str]) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()), "Accept-Language": "fr", **given}
        if body is not None:
            origin = f"{self._address.scheme}://{self._address.netloc}"
            headers |= {"X-CSRFToken": self._cookies.get("csrftoken", ""), "Origin": origin, "Referer": origin + path}
            headers["Idempotency-Key"] = str(uuid.uuid4())
        started = time.perf_counter()
        self._connection.request(method, path, body=body, headers=headers)
        response = self._connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        seconds = time.perf_counter() - started
        for line in response.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in http.cookies.SimpleCookie(line).items()}
        if response.status >= 400 and response.status != _CONFLICT:
            msg = f"{method} {path} answered {response.status}: {text[:400]}"
            raise RuntimeError(msg)
        return Answer(response.status, text, response.headers.get("Location", ""), seconds)


def open_quote(seller: Seller, company: str) -> str:
    """Open a draft for a company and return its reference."""
    answer = seller.post("/devis/nouveau/", {"client": company, "title": "Flotte du banc d’essai"})
    if answer.status not in _REDIRECTIONS:
        msg = f"no quote was opened: {answer.status} {answer.body[:300]}"
        raise RuntimeError(msg)
    return urllib.parse.urlsplit(answer.location).path.rstrip("/").rsplit("/", 1)[-1]
