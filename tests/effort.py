"""How many examples a property gets: a share of them in the quick loop, all in `make test`, many more in `make fuzz`."""

from __future__ import annotations

import os

import hypothesis

PROFILE = os.environ.get("COME_TEST_PROFILE", "checks")
_SHARES = {"quick": 0.2, "checks": 1.0, "fuzz": 30.0}
# What Hypothesis tries when nothing is said.
_USUAL = 100


def examples(count: int = _USUAL) -> int:
    """Return how many examples this run tries of a property that `make test` tries `count` times."""
    return max(1, round(count * _SHARES[PROFILE]))


def load() -> None:
    """Choose the profile of this run: the same examples each time, except in `make fuzz`, which looks elsewhere each time."""
    if PROFILE == "fuzz":
        hypothesis.settings.register_profile(PROFILE, deadline=None, max_examples=examples(), print_blob=True)
    else:
        hypothesis.settings.register_profile(PROFILE, deadline=None, max_examples=examples(), derandomize=True)
    hypothesis.settings.load_profile(PROFILE)
