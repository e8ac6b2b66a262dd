"""The demonstration's operator up to its agreement with one company: what quotes need, no more; prints one JSON object."""

from __future__ import annotations

import contextlib
import io
import json

from come.shared import runtime

_NEEDED = frozenset({"schema", "catalogue", "staff", "registry", "companies", "company", "agreement"})


def main() -> dict[str, str]:
    """Tell these steps of the story, and return the reference of the company and the password of the staff."""
    runtime.setup_django()
    from django.core import management  # noqa: PLC0415 - after the set-up

    from come.project.demo import console, journey, steps, story  # noqa: PLC0415 - they need the models

    management.call_command("migrate", verbosity=0, interactive=False)
    context = journey.Context(console=console.Console(), records=0)
    journey.run([step for step in steps.STEPS if step.name in _NEEDED], context)
    return {"company": context.answers["company"]["reference"], "password": story.PASSWORD}


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        told = main()
    print(json.dumps(told))
