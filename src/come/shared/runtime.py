"""Start the product from a command line, whatever package the command belongs to."""

from __future__ import annotations

import importlib
import json
import os
from typing import Any

import click


def language() -> str:
    """Return the terminal's language: COME_LANG, else the locale's, French when it says French, English otherwise."""
    given = os.environ.get("COME_LANG") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "fr" if given.lower().startswith("fr") else "en"


def both(french: str, english: str) -> str:
    """Return the sentence in the terminal's language (help texts, progress)."""
    return french if language() == "fr" else english


def setup_django(*, start_database: bool = True) -> None:
    """Make the models usable and, in embedded mode, the database server running.

    Called by each command that needs the database; those that work on files alone never pay for it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "come.project.settings")
    if start_database:
        # By name: `shared` lies below `project`, only the process that starts everything knows both.
        importlib.import_module("come.project.cluster").ensure_running()
    import django  # noqa: PLC0415 - late on purpose, see above
    from django.utils import translation  # noqa: PLC0415 - see above

    django.setup()
    translation.activate("fr")


def print_json(body: Any) -> None:
    """Print one JSON document on standard output."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2, default=str))
