"""Change the usual name of a customer."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from come.party import events, models, policies, queries
from come.party.commands import _companies
from come.party.matching import names
from come.shared import actor as actors, eventlog, events as facts, obstacles
from come.staff import policies as rights


@transaction.atomic
def rename_customer_file(*, customer_file_id: uuid.UUID, name: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Give a customer file another usual name; the former one still finds it. Raises Refusal without a name.

    Records CustomerFileRenamed, unless the name is the same.
    """
    rights.require(actor, "customer.write")
    queries.customer_file(customer_file_id=customer_file_id, viewer=actor)
    file = models.CustomerFile.objects.select_for_update(of=("self",)).select_related("legal_unit").get(id=customer_file_id)
    called = " ".join(name.split())
    obstacles.refuse_if_any(policies.creation_obstacles(segment=file.segment, name=called, known=None, sees_known=False))
    if called == file.name:
        return
    before = file.name
    file.name, file.sort_name = called, names.fold(called)
    file.save(update_fields=["name", "sort_name"])
    known = set(models.PartyName.objects.filter(legal_unit_id=file.legal_unit_id).values_list("norm", flat=True))
    for value in (before, called):
        if names.comparable(value) not in known:
            _companies.add_name(file.legal_unit, "seller", value)
    eventlog.record(
        event=events.CustomerFileRenamed(customer_file_id=file.id, reference=file.reference),
        actor=actor,
        at=at,
        subjects=[facts.subject("company", file.id)],
        before={"name": before},
        after={"name": called},
    )
