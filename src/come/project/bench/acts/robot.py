"""A person at the keyboard whose inputs are counted, in a real browser.

Times follow the keystroke-level model (Card, Moran and Newell): a key 0.28 s (40 words a minute), pointing and clicking 1.3 s, a hand
between keyboard and mouse 0.4 s, a decision 1.35 s; to that is added what the product itself took, measured.
"""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from playwright import sync_api

_KEY_SECONDS = 0.28
_CLICK_SECONDS = 1.3
_HAND_SECONDS = 0.4
_DECISION_SECONDS = 1.35
_PATIENCE_MS = 30_000


@dataclasses.dataclass(frozen=True, slots=True)
class Effort:
    """What an act asked of the person: `system_seconds` is the product's own part of `seconds`."""

    inputs: int
    keys: int
    clicks: int
    seconds: float
    system_seconds: float


class Robot:
    """Presses, types, pastes, clicks and waits on one page; every key of a chord and every click is one input."""

    def __init__(self, page: sync_api.Page) -> None:
        self.page = page
        page.set_default_timeout(_PATIENCE_MS)
        self.begin()

    def begin(self) -> None:
        """Forget what was counted: an act starts here."""
        self._keys = self._clicks = self._hands = self._decisions = 0
        self._is_on_mouse = False
        self._waited_seconds = 0.0

    def press(self, *chords: str) -> None:
        """Press chords such as "Control+k" or "Enter"."""
        self._hand(is_mouse=False)
        for chord in chords:
            self._keys += len(chord.split("+"))
            self.page.keyboard.press(chord)

    def type(self, text: str) -> None:
        """Type a text, a key a character."""
        self._hand(is_mouse=False)
        self._keys += len(text)
        self.page.keyboard.type(text)

    def paste(self, text: str) -> None:
        """Paste what was copied elsewhere before (a spreadsheet, a mail): Ctrl-V."""
        self.page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
        self.press("Control+v")

    def click(self, target: sync_api.Locator) -> None:
        """Point at something and click it."""
        self._hand(is_mouse=True)
        self._clicks += 1
        target.click()

    def reload(self) -> None:
        """Read the page again: F5, one key (a browser without a window has no such key of its own)."""
        self._hand(is_mouse=False)
        self._keys += 1
        started = time.perf_counter()
        self.page.reload()
        self._waited_seconds += time.perf_counter() - started

    def think(self) -> None:
        """Count one decision: what to do next is not in the fingers."""
        self._decisions += 1

    def see(self, awaited: sync_api.Locator) -> None:
        """Wait until something is on the screen; the time is the product's."""
        started = time.perf_counter()
        awaited.wait_for()
        self._waited_seconds += time.perf_counter() - started

    def arrive(self, pattern: Any) -> None:
        """Wait until the address fits and the page is drawn; the time is the product's."""
        started = time.perf_counter()
        self.page.wait_for_url(pattern, wait_until="load")
        self._waited_seconds += time.perf_counter() - started

    def effort(self) -> Effort:
        """Return what was asked since the act began."""
        hands = self._hands * _HAND_SECONDS + self._decisions * _DECISION_SECONDS
        person = self._keys * _KEY_SECONDS + self._clicks * _CLICK_SECONDS + hands
        return Effort(self._keys + self._clicks, self._keys, self._clicks, person + self._waited_seconds, self._waited_seconds)

    def _hand(self, *, is_mouse: bool) -> None:
        if is_mouse != self._is_on_mouse:
            self._hands += 1
            self._is_on_mouse = is_mouse
