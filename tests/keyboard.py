"""A keyboard for browser tests: it goes where Tab goes, and counts what a person presses."""

from __future__ import annotations

import dataclasses
import time

from playwright import sync_api


@dataclasses.dataclass
class Robot:
    """A keyboard that counts: keys that act, and texts that are typed (a text is one input and its letters)."""

    page: sync_api.Page
    inputs: int = 0
    letters: int = 0
    started: float = dataclasses.field(default_factory=time.monotonic)

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.inputs += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.inputs += 1
        self.letters += len(text)

    def reach(self, locator: sync_api.Locator, most: int = 120) -> None:
        """Go to an element with Tab, as somebody without a mouse does."""
        wanted = locator.element_handle()
        for _ in range(most):
            if wanted.evaluate("(one) => one === document.activeElement"):
                return
            self.press("Tab")
        msg = f"{locator} is not reached by Tab"
        raise AssertionError(msg)

    def fill(self, label: str, text: str, *, last: bool = True) -> None:
        """Reach a field by Tab and replace what it says."""
        found = self.page.get_by_label(label, exact=True)
        self.reach(found.last if last else found.first)
        self.press("ControlOrMeta+a")
        self.type(text)

    def choose(self, label: str, option: str, *, last: bool = True) -> None:
        """Reach a list by Tab and type the beginning of a choice."""
        found = self.page.get_by_label(label, exact=True)
        one = found.last if last else found.first
        self.reach(one)
        self.type(option)
        sync_api.expect(one.locator("option:checked")).to_contain_text(option)

    def push(self, name: str, *, inside: sync_api.Locator | None = None) -> None:
        """Reach a button by Tab and press it."""
        self.reach((inside or self.page).get_by_role("button", name=name, exact=True).last)
        self.press("Enter")

    def said(self, what: str) -> str:
        return f"{what}: {self.inputs} inputs, {self.letters} letters, {time.monotonic() - self.started:.1f} s"
