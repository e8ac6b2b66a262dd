"""A real Chromium before the product, served from this process on the test database.

`visit(actor)` gives a page that is signed in; whatever it says in its console, or refuses by the content security policy,
fails the test. `check_accessible(page)` fails on what axe calls serious or critical.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from playwright import sync_api

from come.project import browser as browsers
from come.shared import actor as actors
from come.staff import models

# Reached only when something is wrong: on two busy cores the first page of a run alone takes ten seconds.
PATIENCE_MS = 30_000
DESKTOP = {"width": 1366, "height": 768}
TABLET = {"width": 1024, "height": 768}
_STILL = """document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity
)"""
Visit = Callable[..., sync_api.Page]


# First: pytest-xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: it needs Chromium and real transactions."""
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):  # noqa: PTH120 - pytest gives a str here
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            # One Chromium at a time on a small machine.
            item.add_marker(pytest.mark.xdist_group("browser"))


# Not for the whole run: while Playwright lives, its event loop runs in this thread, and no other test may start its own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[sync_api.Browser]:
    executable = browsers.executable()
    if executable is None:
        pytest.fail("the browser tests need Chromium: `make test` fetches it, COME_CHROMIUM names another")
    # Playwright's loop runs in this thread; Django would take our own queries for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(executable), args=["--no-sandbox"])
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def visit(chromium: sync_api.Browser, live_server: Any) -> Iterator[Visit]:
    """Return a function that opens a page: signed in as an actor (or nobody), on a screen, in a theme."""
    contexts: list[sync_api.BrowserContext] = []
    complaints: list[str] = []

    def opened(
        actor: actors.Actor | None = None,
        address: str = "",
        *,
        screen: dict[str, int] = DESKTOP,
        theme: str = "light",
        expect_errors: bool = False,
    ) -> sync_api.Page:
        context = chromium.new_context(viewport=screen, color_scheme=theme, locale="fr-FR", timezone_id="Europe/Paris")
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if actor is not None:
            name, value = django_settings.SESSION_COOKIE_NAME, _session_key(actor)
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        if not expect_errors:
            page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if address:
            page.goto(live_server.url + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == [], "the browser complained"


def _is_complaint(message: sync_api.ConsoleMessage) -> bool:
    # htmx also logs a request that it or a navigation gave up; a failed one logs htmx:sendError or htmx:responseError besides.
    return message.type in {"error", "warning"} and not message.text.startswith(("htmx:afterRequest", "htmx:sendAbort"))


def _session_key(actor: actors.Actor) -> str:
    """Open a session as sign-in does, without typing the password again in every test."""
    person = models.StaffMember.objects.get(id=actor.staff_id)
    session = SessionStore()
    session[auth.SESSION_KEY] = str(person.pk)
    session[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[auth.HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    assert session.session_key is not None
    return session.session_key


@pytest.fixture(scope="session")
def check_accessible() -> Callable[[sync_api.Page], None]:
    """Return a function that fails on what axe calls serious or critical, naming each element."""
    axe = Axe()

    def checked(page: sync_api.Page) -> None:
        # Colours in transition are not the page's colours.
        while not page.evaluate(_STILL):
            page.wait_for_timeout(30)
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        said = [
            f"{one['impact']} {one['id']}: {one['help']}\n    " + "\n    ".join(node["html"][:160] for node in one["nodes"][:5])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert said == [], f"{page.url}\n" + "\n".join(said)

    return checked


@pytest.fixture(scope="session")
def check_fits() -> Callable[[sync_api.Page], None]:
    """Return a function that fails when the page is wider than its window."""

    def checked(page: sync_api.Page) -> None:
        wide = page.evaluate(
            "[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1"
            " && !one.closest('.table-frame, .tabs, .rail, .visually-hidden, .toasts, dialog'))"
            ".slice(0, 5).map((one) => one.outerHTML.slice(0, 120))"
        )
        assert wide == []

    return checked
