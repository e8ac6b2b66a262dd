"""Write down why a bill is held: the obstacle, its owner and the date by which they look at it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from come.billing import models
from come.shared import events as facts, obstacles, period, text

PROMISE_DAYS = 2


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """Who looks after held bills: the person who opened the run, unless someone takes them over."""

    staff_id: uuid.UUID | None
    name: str


def owner_of(run: models.BillRun) -> Owner:
    """Return the person who opened the run."""
    try:
        return Owner(uuid.UUID(run.opened_by), run.opened_by_name)
    except ValueError:
        return Owner(None, run.opened_by_name)


def rows(*, bill_id: uuid.UUID, found: Iterable[obstacles.Obstacle], owner: Owner, at: dt.datetime) -> list[models.BillFinding]:
    """Return the rows of these obstacles, not yet saved."""
    return [
        models.BillFinding(
            bill_id=bill_id,
            code=obstacle.code,
            severity=obstacle.severity.value,
            message_template=_template(obstacle.message),
            next_step_template=_template(obstacle.next_step),
            values={"message": _values(obstacle.message), "next_step": _values(obstacle.next_step)},
            path=obstacle.path[:200],
            owner_id=owner.staff_id,
            owner_name=owner.name,
            promised_date=period.local_day(at) + dt.timedelta(days=PROMISE_DAYS),
            found_at=at,
        )
        for obstacle in dict.fromkeys(found)  # the same cause on a thousand lines is one cause
    ]


def save(new: Sequence[models.BillFinding]) -> None:
    """Save the rows in one statement."""
    models.BillFinding.objects.bulk_create(new)


def _template(sentence: str) -> str:
    return sentence.template if isinstance(sentence, text.T) else sentence.replace("{", "{{").replace("}", "}}")


def _values(sentence: str) -> dict[str, object]:
    if not isinstance(sentence, text.T):
        return {}
    return {key: str(value) if isinstance(value, text.T) else facts.jsonable(value) for key, value in sentence.values.items()}
