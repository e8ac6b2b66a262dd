"""Act 7: an option on two hundred lines of a fleet, from their numbers as a spreadsheet has them."""

from __future__ import annotations

import re

from come.project.bench.acts import fleet_quotes, robot

_LINES = 200
# Ten digits: numbers of machines have fourteen, and no option.
_NUMBER = re.compile(r"\b0[67](?:[ \u00a0\u202f]\d\d){4}(?![ \u00a0\u202f]?\d)")
_ORDER = re.compile(r"/commandes/CMD-[\d-]+/$")


def option_on_two_hundred_lines(world: fleet_quotes.World) -> robot.Effort:
    """Act 7: on the fleet's page, open the act on many lines, paste their numbers, choose the option, see the plan, order it."""
    seller = world.person("alice")
    fleet, numbers = _fleet(world, seller)
    seller.page.goto(world.base + fleet)
    seller.begin()
    seller.press("g")
    seller.arrive(re.compile("/acte/"))
    seller.think()
    # The list has the focus: a letter goes to its first option.
    seller.type("o")
    seller.press("Tab")
    seller.paste("\n".join(numbers))
    seller.press("Tab", "Tab", "Enter")
    ordering = seller.page.get_by_role("button", name=re.compile("Commander"))
    seller.see(ordering)
    seller.think()
    seller.press("Enter")
    seller.arrive(_ORDER)
    effort = seller.effort()
    seller.page.context.close()
    return effort


def _fleet(world: fleet_quotes.World, seller: robot.Robot) -> tuple[str, list[str]]:
    """Return the address of the biggest fleet and the first two hundred numbers of its lines; not part of the act."""
    seller.page.goto(f"{world.base}/parc/")
    fleet = seller.page.locator("table .row-link").first.get_attribute("href") or ""
    numbers: list[str] = []
    offset = 0
    while len(numbers) < _LINES:
        seller.page.goto(f"{world.base}{fleet}?state=active&offset={offset}")
        rows = seller.page.locator("table .row-link").count()
        offset += rows
        numbers += _NUMBER.findall(seller.page.locator("table").inner_text())
        if not rows:
            msg = f"the biggest fleet has {len(numbers)} active lines: act 7 needs {_LINES}"
            raise RuntimeError(msg)
    return fleet, numbers[:_LINES]
