"""Tables of fleets to paste, from the demonstration's catalogue: the same for the same size, each row another person."""

from __future__ import annotations

import random

_PLANS = ("MOB-ILL-20", "MOB-ILL-50", "MOB-ILL-100", "MOB-ILL-200", "MOB-ECO-2H", "MOB-ECO-5H")
_OPTIONS = ("OPT-DATA-10", "OPT-MDM", "OPT-MULTISIM", "OPT-ROAM-Z1", "OPT-ROAM-Z2", "OPT-MESSAGERIE", "OPT-SECURITE")
_DEVICES = ("", "TEL-ALTIA-A5", "TEL-ALTIA-A5-24X", "TEL-ALTIA-A9-24X", "TEL-KESTREL-K12", "TEL-KESTREL-K12-24X", "TEL-ROC-R3-24X")
_CENTRES = ("DIR", "CHANTIERS", "ATELIER")
_HEADINGS = ("Utilisateur", "Forfait", "Options", "Terminal", "E-mail", "Centre de coût", "Site")
# How a fleet is sold: most people have one of few packs, some have theirs alone.
_PACKS = 24
_ALONE = 0.02

Sold = tuple[str, str, str]


def fleet(count: int, *, first: int = 0) -> str:
    """Return the table of a fleet that is sold as fleets are: a few packs, one line in fifty with a choice of its own."""
    rng = random.Random(count * 31 + first)  # noqa: S311 - the same fleet each time, no secret
    packs = [_choice(random.Random(number)) for number in range(_PACKS)]  # noqa: S311 - the same packs each time
    weights = [1 / (rank + 1) for rank in range(_PACKS)]
    sold = [_choice(rng) if rng.random() < _ALONE else rng.choices(packs, weights)[0] for _ in range(count)]
    return table(sold, first)


def varied(count: int) -> str:
    """Return a table in which a third of the lines are sold like no other."""
    rng = random.Random(count)  # noqa: S311 - the same fleet each time, no secret
    return table([_choice(rng, most=4) for _ in range(count)], 0)


def _choice(rng: random.Random, most: int = 2) -> Sold:
    options = sorted(rng.sample(_OPTIONS, rng.randint(0, most)))
    return rng.choice(_PLANS), "; ".join(options), rng.choice(_DEVICES)


def table(sold: list[Sold], first: int) -> str:
    """Return rows as a spreadsheet copies them."""
    rows = ["\t".join(_HEADINGS)]
    for place, (plan, options, device) in enumerate(sold, start=first):
        person = (
            f"Personne {place:06d}",
            plan,
            options,
            device,
            f"p{place:06d}@flotte.example",
            _CENTRES[place % len(_CENTRES)],
            f"Site {place % 25}",
        )
        rows.append("\t".join(person))
    return "\n".join(rows)
