"""What agreements ask of somebody today: those that end soon, the texts that wait for a review or a signature."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from come.catalogue import models
from come.party import queries as party_queries, records as party
from come.shared import actor as actors
from come.staff import policies as rights

WARNED_DAYS = 90
"""How long before its last day an agreement is said to end."""


@dataclasses.dataclass(frozen=True, slots=True)
class EndingAgreement:
    """An agreement in force that ends soon; `valid_to` is its first day without effect."""

    reference: str
    name: str
    company_name: str
    valid_to: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class WaitingText:
    """An agreement or an amendment (number above 0) that waits: for a review, or for its signature."""

    text_id: uuid.UUID
    number: int
    state: str
    name: str
    reference: str
    company_name: str
    edited_by_name: str


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementsDue:
    """What a person's home page says of agreements, the most urgent first."""

    ending: tuple[EndingAgreement, ...]
    waiting: tuple[WaitingText, ...]


def agreements_due(*, viewer: actors.Actor, today: dt.date) -> AgreementsDue:
    """Return the agreements that end within 90 days and the texts that wait (four statements at most).

    A seller is told of the customers that they follow, the others of those of their agencies. Texts are for those who write agreements.
    """
    rights.require(viewer, "catalogue.read")
    soon = models.Agreement.objects.filter(
        state="signed", valid_from__lte=today, valid_to__gt=today, valid_to__lte=today + dt.timedelta(days=WARNED_DAYS)
    )
    ending = list(soon.order_by("valid_to", "reference").values_list("reference", "name", "legal_unit_id", "valid_to"))
    texts = models.AgreementText.objects.none()
    if rights.can(viewer, "agreement.write"):
        texts = models.AgreementText.objects.filter(state__in=("review", "approved"))
    waiting = list(
        texts.order_by("edited_at", "id").values_list(
            "id", "number", "state", "agreement__name", "agreement__reference", "agreement__legal_unit_id", "edited_by_name"
        )
    )
    files = party_queries.files_of_units(legal_unit_ids={*(row[2] for row in ending), *(row[5] for row in waiting)}, viewer=viewer)
    followed = {file.legal_unit_id: file.legal_name for file in files}
    own = {file.legal_unit_id for file in files if _is_told(file, viewer)}
    return AgreementsDue(
        ending=tuple(
            EndingAgreement(reference, name, followed[unit], valid_to)
            for reference, name, unit, valid_to in ending
            if unit in own and valid_to is not None
        ),
        waiting=tuple(WaitingText(*row[:5], followed[row[5]], row[6]) for row in waiting if row[5] in followed),
    )


def _is_told(file: party.CustomerFileRecord, viewer: actors.Actor) -> bool:
    return "seller" not in viewer.roles or file.owner_id in {None, viewer.staff_id}
