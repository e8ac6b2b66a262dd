"""The same request asked twice acts once and is answered twice the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction

from come.shared import actor as actors, events, models, obstacles, text


def once(
    *,
    actor: actors.Actor,
    command: str,
    inputs: Mapping[str, Any],
    run: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Run the command unless this request id already ran it; return its answer, new or remembered.

    Must be called inside the command's transaction. A request without an id always runs. Two simultaneous calls with
    one id wait for each other (advisory lock). Raises Conflict when the id comes back with other inputs.
    """
    if not actor.request_id:
        return run()
    digest = hashlib.sha256(json.dumps(events.jsonable(dict(inputs)), sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{command}:{actor.request_id}"])
        known = models.RequestAnswer.objects.filter(request_id=actor.request_id, command=command).first()
        if known is not None:
            return _remembered(known, digest)
        answer: dict[str, Any] = events.jsonable(run())
        models.RequestAnswer.objects.create(
            request_id=actor.request_id,
            command=command,
            inputs_hash=digest,
            answer=answer,
        )
        return answer


def _remembered(known: models.RequestAnswer, digest: str) -> dict[str, Any]:
    if known.inputs_hash != digest:
        raise obstacles.Conflict(
            obstacles.Obstacle(
                "shared.request_id_reused",
                obstacles.Severity.REFUSAL,
                text.T("Cette demande a déjà été traitée avec un autre contenu."),
                text.T("Rechargez la page, puis refaites l’acte ; rien n’a été modifié."),
            ),
        )
    answer: dict[str, Any] = known.answer or {}
    return answer


def answer_of(*, request_id: str, command: str) -> dict[str, Any] | None:
    """Return the answer that this request received, or None when it was never finished."""
    known = models.RequestAnswer.objects.filter(request_id=request_id, command=command).first()
    return None if known is None else (known.answer or {})


def remember(*, request_id: str, command: str, answer: Mapping[str, Any]) -> None:
    """Keep the answer of long work that is no single transaction, once it is wholly done."""
    models.RequestAnswer.objects.update_or_create(
        request_id=request_id,
        command=command,
        defaults={"inputs_hash": "", "answer": events.jsonable(dict(answer))},
    )
