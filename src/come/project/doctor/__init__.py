"""`come doctor`: what is wrong with this installation, in one sentence each, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from come.project import cluster
from come.project.doctor import findings, installation
from come.project.doctor.findings import Finding, State
from come.shared import runtime

_MARKS = {State.WELL: "✓", State.LOOK: "!", State.WRONG: "✗"}


def examine() -> Sequence[Finding]:
    """Examine the installation, then, when its database answers, what runs on it. Starts the embedded database, creates nothing."""
    found = list(_each(installation.EXAMINATIONS))
    if cluster.status() == "absent":
        return found
    if any(one.code == "database.answers" and one.state is State.WRONG for one in found):
        return found
    runtime.setup_django()
    from come.project.doctor import running  # noqa: PLC0415 - needs the models

    found += _each(running.EXAMINATIONS)
    if not any(one.code == "database.migrations" and one.state is State.WRONG for one in found):
        found += _each(running.OF_TABLES)
    return found


def is_wrong(found: Sequence[Finding]) -> bool:
    """Return whether anything must be mended."""
    return any(one.state is State.WRONG for one in found)


def as_json(found: Sequence[Finding]) -> dict[str, Any]:
    """Return the findings as one document, both languages in it."""
    rows = [
        {
            "code": one.code,
            "state": one.state.value,
            "message": {"fr": one.french, "en": one.english},
            "mend": {"fr": one.mend_french, "en": one.mend_english} if one.mend_french else None,
        }
        for one in found
    ]
    return {"is_well": not is_wrong(found), "findings": rows}


def show(found: Sequence[Finding]) -> None:
    """Print the findings, what to do below each."""
    for one in found:
        click.echo(f"{_MARKS[one.state]} {runtime.both(one.french, one.english)}")
        if one.mend_french:
            click.echo(f"    → {runtime.both(one.mend_french, one.mend_english)}")
    count = sum(one.state is State.WRONG for one in found)
    if count:
        click.echo(
            runtime.both(
                "\n" + findings.counted(count, "point à corriger.", "points à corriger."),
                "\n" + findings.counted(count, "thing to mend.", "things to mend."),
            )
        )
    else:
        click.echo(runtime.both("\nTout va bien.", "\nAll is well."))


def _each(examinations: Iterable[findings.Examination]) -> Iterator[Finding]:
    for examination in examinations:
        name = examination.__name__
        try:
            yield from examination()
        except Exception as error:  # noqa: BLE001 - a thing that cannot be examined is a finding, not the end
            said = f"{type(error).__name__}: {error}"
            yield findings.wrong(
                f"{name}.failed",
                f"L’examen « {name} » a échoué : {said}",
                f"The examination {name} failed: {said}",
                "Corrigez d’abord les autres points, puis relancez « come doctor ».",
                "Mend the other things first, then run `come doctor` again.",
            )
