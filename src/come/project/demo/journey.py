"""Run the steps in order, remember each when it is done, resume after a kill."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Any

from come.project.demo import console as consoles, story
from come.shared import events, idempotency

_COMMAND = "demo.step"


@dataclasses.dataclass
class Context:
    """What the steps know of each other: the answers of those that are done, by step name."""

    console: consoles.Console
    records: int
    answers: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One step: its name for the memory, its label for people, what it does.

    `run` must be safe to run again after a kill: it calls commands under request ids of the story, or checks what is
    there. It returns the facts that later steps need, and under "summary" the sentence to print.
    """

    name: str
    label: str
    run: Callable[[Context], dict[str, Any]]
    is_journey: bool = True


def run(steps: Sequence[Step], context: Context) -> float:
    """Run what is not done yet; return the seconds of the journey's own steps, earlier runs included."""
    total = len(steps)
    for number, step in enumerate(steps, start=1):
        known = idempotency.answer_of(request_id=story.request_id(step.name), command=_COMMAND)
        if known is not None:
            context.answers[step.name] = known
            context.console.skipped(number, total, step.label)
            continue
        started = time.monotonic()
        with context.console.step(number, total, step.label):
            answer = step.run(context)
        seconds = time.monotonic() - started
        # As a resumed run would read it back: ids are texts from here on.
        answer = events.jsonable({**answer, "seconds": f"{seconds:.3f}"})
        idempotency.remember(request_id=story.request_id(step.name), command=_COMMAND, answer=answer)
        context.answers[step.name] = answer
        context.console.done(number, total, step.label, seconds, answer.get("summary", ""))
    return sum(float(context.answers[step.name]["seconds"]) for step in steps if step.is_journey)
