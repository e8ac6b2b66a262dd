"""Take the pictures of docs/screenshots in a real browser, on the demonstration's data.

    python tools/screenshots.py [--home DIR] [--out DIR] [name …]

Plays `come demo --no-serve` when the home has no demonstration yet, serves it on a free port, signs in, opens each page of
the table below, waits until its parts are there, and writes one PNG a row. A page that answers an error, or says something
in its console, fails the whole run: a picture of a broken screen is not taken.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from playwright import sync_api

from come.project import browser as browsers

ROOT = pathlib.Path(__file__).resolve().parent.parent
_READY_SECONDS = 90
_SECONDS_A_PAGE = 15
DESKTOP = (1366, 768)
TABLET = (1024, 768)

Steps = Callable[[sync_api.Page], None]


@dataclasses.dataclass(frozen=True)
class Picture:
    """One picture: who looks at what, after which steps."""

    name: str
    login: str
    address: str
    # A page that the demonstration names in demo.json; where it names none, the address and the links are followed.
    page: str = ""
    # Links to follow from the address, by CSS selector, the first match of each.
    follow: tuple[str, ...] = ()
    steps: Steps | None = None
    theme: str = "light"
    screen: tuple[int, int] = DESKTOP


def _search(page: sync_api.Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("boulangerie")
    # The list of places was there before the first letter: wait for what was found.
    page.locator(".palette-hit-subtitle").first.wait_for()


def _select(page: sync_api.Page) -> None:
    for index in (0, 1, 3):
        page.locator("[data-select]").nth(index).check()


_ROW = "main .row-link"
PICTURES = (
    Picture("sign-in", "", "/connexion/"),
    Picture("home-seller", "alice", "/"),
    Picture("home-seller-dark", "alice", "/", theme="dark"),
    Picture("home-manager", "diane", "/"),
    Picture("home-billing", "hugo", "/"),
    Picture("home-pricing", "jeanne", "/"),
    Picture("search", "alice", "/", steps=_search),
    Picture("companies", "alice", "/clients/"),
    Picture("company", "alice", "/clients/", page="company", follow=(_ROW,)),
    Picture("quotes", "alice", "/devis/"),
    Picture("quote", "alice", "/devis/", page="quote", follow=(_ROW,)),
    Picture("quote-draft", "alice", "/devis/", page="quote_draft", follow=(_ROW,)),
    Picture("orders", "alice", "/commandes/"),
    Picture("order", "alice", "/commandes/", page="order", follow=(_ROW,)),
    Picture("order-held", "alice", "/commandes/", page="order_held", follow=(_ROW,)),
    Picture("order-dark-tablet", "alice", "/commandes/", page="order", follow=(_ROW,), theme="dark", screen=TABLET),
    Picture("fleet", "alice", "/parc/", page="fleet", follow=(_ROW,), steps=_select),
    Picture("line", "alice", "/parc/", page="line", follow=(_ROW, _ROW)),
    Picture("bills", "hugo", "/factures/"),
    Picture("bill", "hugo", "/factures/", page="bill", follow=(_ROW,)),
    Picture("bill-run", "hugo", "/factures/facturations/", page="bill_run", follow=(_ROW,)),
    Picture("catalogue", "jeanne", "/catalogue/"),
    Picture("offering", "jeanne", "/catalogue/", page="offering", follow=(_ROW,)),
    Picture("agreement", "jeanne", "/catalogue/accords/", page="agreement", follow=(_ROW,)),
    Picture("tickets", "karim", "/incidents/"),
    Picture("usage", "hugo", "/consommation/"),
)


def main() -> int:
    """Take the pictures asked for (all without a name); return 1 when one could not be taken."""
    options = _options()
    os.environ["COME_HOME"] = str(options.home)
    executable = browsers.executable()
    if executable is None:
        print("No Chromium: `python tools/setup.py --browser` fetches one, COME_CHROMIUM names another.", file=sys.stderr)
        return 1
    if not (options.home / "demo.json").exists():
        subprocess.run([_come(), "demo", "--no-serve"], check=True)  # noqa: S603 - our own command
    told = json.loads((options.home / "demo.json").read_text(encoding="utf-8"))
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [picture for picture in PICTURES if not options.names or picture.name in options.names]
    failed = 0
    with _serving() as base, sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(executable), args=["--no-sandbox"])
        for picture in wanted:
            complaint = _take(chromium, base, picture, told, options.out)
            print(f"  {picture.name:20} {complaint or 'ok'}", flush=True)
            failed += bool(complaint)
        chromium.close()
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take the pictures of docs/screenshots.")
    parser.add_argument("names", nargs="*", choices=[*(picture.name for picture in PICTURES), []], help="pictures to take; all by default")
    parser.add_argument("--home", type=pathlib.Path, default=pathlib.Path(os.environ.get("COME_HOME") or ROOT / "var"))
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "screenshots")
    return parser.parse_args()


def _come() -> str:
    return str(pathlib.Path(sys.executable).with_name("come"))


@contextlib.contextmanager
def _serving() -> Iterator[str]:
    """Serve the product on a free port of loopback until the pictures are taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [_come(), "serve", "--port", str(port), "--workers", "1", "--no-worker"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(server, base)
        yield base
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_until_it_answers(server: subprocess.Popen[bytes], base: str) -> None:
    limit = time.monotonic() + _READY_SECONDS
    while time.monotonic() < limit:
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.returncode}")
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{base}/connexion/", timeout=2).close()  # noqa: S310 - loopback
            return
        time.sleep(0.3)
    raise SystemExit("the server did not answer")


def _take(chromium: sync_api.Browser, base: str, picture: Picture, told: dict[str, Any], out: pathlib.Path) -> str:
    """Take one picture; return what went wrong, or nothing."""
    width, height = picture.screen
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=picture.theme,
        locale="fr-FR",
        timezone_id="Europe/Paris",
    )
    context.set_default_timeout(_SECONDS_A_PAGE * 1000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        if picture.login:
            _sign_in(page, base, picture.login, told["password"])
        named = told.get("seller_pages", {}).get(picture.page)
        page.goto(base + (named or picture.address))
        for selector in () if named else picture.follow:
            _settle(page)
            page.locator(selector).first.click()
            page.wait_for_load_state()
        _settle(page)
        if picture.steps is not None:
            picture.steps(page)
            _settle(page)
        page.screenshot(path=out / f"{picture.name}.png")
    except sync_api.Error as error:
        complaints.append(error.message.splitlines()[0])
    finally:
        context.close()
    return "; ".join(complaints)


def _sign_in(page: sync_api.Page, base: str, login: str, password: str) -> None:
    page.goto(f"{base}/connexion/")
    page.locator("#f-login").fill(login)
    page.locator("#f-password").fill(password)
    page.locator("#f-password").press("Enter")
    page.locator(".user-button").wait_for()


def _settle(page: sync_api.Page) -> None:
    """Wait until every part of the page has come and every font is there."""
    limit = time.monotonic() + _SECONDS_A_PAGE
    # Asked again and again from here: the page's own policy forbids the polling that Playwright would do inside it.
    while not page.evaluate("document.fonts.status === 'loaded' && !document.querySelector('.fragment, .htmx-request')"):
        if time.monotonic() > limit:
            raise sync_api.TimeoutError("a part of the page never came")
        page.wait_for_timeout(50)


if __name__ == "__main__":
    sys.exit(main())
