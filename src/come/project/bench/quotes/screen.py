"""The quote's page in a real Chromium: from the click to the first rows that a person can read."""

from __future__ import annotations

import pathlib
import statistics
import time

from playwright import sync_api


def first_rows_seconds(executable: pathlib.Path, base: str, password: str, reference: str, rounds: int) -> float:
    """Return the median seconds until the first rows of a quote are drawn; the first opening, which loads the scripts, is not counted."""
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(executable), args=["--no-sandbox"])
        page = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR").new_page()
        page.goto(f"{base}/connexion/")
        page.locator("#f-login").fill("alice")
        page.locator("#f-password").fill(password)
        page.locator("#f-password").press("Enter")
        page.locator(".user-button").wait_for()
        times = []
        for _ in range(rounds + 1):
            page.goto(base + "/")
            started = time.perf_counter()
            page.goto(f"{base}/devis/{reference}/", wait_until="commit")
            page.locator('.ag-row[row-index="0"] [col-id="plan"]').get_by_text("Novaline").wait_for()
            times.append(time.perf_counter() - started)
        chromium.close()
    return statistics.median(times[1:])
