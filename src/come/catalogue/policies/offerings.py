"""Where a version of an offer stands, who may write, publish or retire it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from come.catalogue import records
from come.shared import formatting, obstacles, text

TRANSITIONS = {
    "draft": {"review", "approved", "withdrawn"},
    "review": {"draft", "approved", "withdrawn"},
    "approved": {"withdrawn"},
    "withdrawn": set[str](),
}
"""From one state of approval to the next ones; the dates of an approved version do the rest."""

STATUS_NAMES_FR = {
    records.LifecycleStatus.DRAFT: text.noop("Brouillon"),
    records.LifecycleStatus.REVIEW: text.noop("En relecture"),
    records.LifecycleStatus.SCHEDULED: text.noop("Programmée"),
    records.LifecycleStatus.LIVE: text.noop("En vente"),
    records.LifecycleStatus.RETIRED: text.noop("Retirée"),
}


def lifecycle_status(*, approval: str, valid_from: dt.date, valid_to: dt.date | None, on: dt.date) -> records.LifecycleStatus:
    """Return where a version stands on a day."""
    if approval in {"draft", "review"}:
        return records.LifecycleStatus(approval)
    if approval == "withdrawn" or (valid_to is not None and valid_to <= on):
        return records.LifecycleStatus.RETIRED
    return records.LifecycleStatus.SCHEDULED if on < valid_from else records.LifecycleStatus.LIVE


def transition_obstacles(*, code: str, before: str, after: str) -> list[obstacles.Obstacle]:
    """Return why a version may not pass from one state of approval to another."""
    if after in TRANSITIONS[before]:
        return []
    return [
        obstacles.Obstacle(
            "catalogue.transition",
            obstacles.Severity.REFUSAL,
            text.T(
                "L’offre « {code} » est à l’état « {before} » : elle ne peut pas passer à « {after} ».",
                code=code,
                before=before,
                after=after,
            ),
            text.T("Créez une nouvelle version si l’offre doit changer."),
        ),
    ]


def publication_obstacles(
    *,
    code: str,
    approval: str,
    edited_by_id: uuid.UUID | None,
    publisher_id: uuid.UUID | None,
    author_ids: Iterable[uuid.UUID] = (),
) -> list[obstacles.Obstacle]:
    """Return why this person may not publish this version: it is read by somebody else than those who wrote it."""
    found = transition_obstacles(code=code, before=approval, after="approved")
    if publisher_id is not None and publisher_id in {edited_by_id, *author_ids}:
        found.append(
            obstacles.Obstacle(
                "catalogue.second_person",
                obstacles.Severity.REFUSAL,
                text.T("Vous avez écrit cette version de « {code} » : une autre personne doit la relire et la publier.", code=code),
                text.T("Demandez la relecture ; l’offre reste en attente, rien n’est perdu."),
            ),
        )
    return found


def writing_obstacles(*, code: str, version: int, approval: str) -> list[obstacles.Obstacle]:
    """Return why a version may not be written in: only a draft is."""
    if approval == "draft":
        return []
    if approval == "review":
        return [
            obstacles.Obstacle(
                "catalogue.in_review",
                obstacles.Severity.REFUSAL,
                text.T("La version {version} de « {code} » est en relecture : elle ne change plus.", version=version, code=code),
                text.T("Rendez-la à son auteur si elle doit changer."),
            ),
        ]
    return [
        obstacles.Obstacle(
            "catalogue.not_a_draft",
            obstacles.Severity.REFUSAL,
            text.T("La version {version} de « {code} » n’est plus un brouillon : elle ne change plus.", version=version, code=code),
            text.T("Créez une nouvelle version pour changer l’offre."),
        ),
    ]


def retirement_obstacles(*, code: str, approval: str, valid_to: dt.date | None, last: dt.date, today: dt.date) -> list[obstacles.Obstacle]:
    """Return why a version may not stop being sold on that day: the past is not rewritten, an end is not put off."""
    found = []
    if approval != "approved":
        found += transition_obstacles(code=code, before=approval, after="retired") if approval == "withdrawn" else []
    if last < today:
        found.append(
            obstacles.Obstacle(
                "catalogue.retired_in_past",
                obstacles.Severity.REFUSAL,
                text.T("L’offre « {code} » ne peut pas être retirée le {day}, un jour passé.", code=code, day=formatting.day(last)),
                text.T("Choisissez aujourd’hui ou un jour à venir."),
                "valid_to",
            ),
        )
    if valid_to is not None and valid_to < last:
        found.append(
            obstacles.Obstacle(
                "catalogue.already_ending",
                obstacles.Severity.REFUSAL,
                text.T("L’offre « {code} » s’arrête déjà le {day}.", code=code, day=formatting.day(valid_to)),
                text.T("Créez une nouvelle version pour la vendre plus longtemps."),
                "valid_to",
            ),
        )
    return found


def change_obstacles(
    *,
    code: str,
    version: int,
    approval: str,
    valid_from: dt.date,
    today: dt.date,
    only_end_changes: bool,
    new_end: dt.date | None,
) -> list[obstacles.Obstacle]:
    """Return why a version may not be rewritten: what has been sold is frozen; only its end may still be set, in the future."""
    if approval in {"draft", "review"} or (approval == "approved" and today < valid_from):
        return []
    if only_end_changes and (new_end is None or new_end >= today):
        return []
    return [
        obstacles.Obstacle(
            "catalogue.version.frozen",
            obstacles.Severity.REFUSAL,
            text.T("La version {version} de « {code} » a déjà été en vente : son contenu ne change plus.", version=version, code=code),
            text.T("Donnez-lui une fin (« valid_to ») à partir d’aujourd’hui, et décrivez le changement dans une nouvelle version."),
        ),
    ]
