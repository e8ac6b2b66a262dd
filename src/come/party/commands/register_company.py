"""Know a company before any file is opened on it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from come.party import errors, events, models, queries
from come.party.commands import _companies
from come.party.matching import names, score
from come.shared import actor as actors, eventlog, events as facts, idempotency, identifiers, obstacles, text
from come.staff import policies as rights


def register_company(
    *,
    actor: actors.Actor,
    at: dt.datetime,
    siren: str = "",
    name: str = "",
    different_because: str = "",
) -> uuid.UUID:
    """Take a company and its head office from the registry by SIREN, or keep one that has only a name; return its id.

    Raises Refusal when the SIREN is wrong, unknown to the registry, or when there is neither SIREN nor name; Conflict when the
    company is known already, or looks like others and `different_because` does not say why. Records CompanyRegistered.
    """
    rights.require(actor, "customer.write")
    called = " ".join(name.split())
    checked = _checked(siren) if siren else ""
    if not checked and not called:
        raise errors.no_identity()

    def run() -> dict[str, Any]:
        _companies.wait_for_turn(checked or f"name:{names.comparable(called)}")
        unit = _from_registry(checked, called, at) if checked else _by_name(called, different_because, actor, at)
        eventlog.record(
            event=events.CompanyRegistered(legal_unit_id=unit.id, siren=unit.siren or ""),
            actor=actor,
            at=at,
            subjects=[facts.subject("legal_unit", unit.id)],
            after={"legal_name": unit.legal_name, "siren": unit.siren},
        )
        return {"id": str(unit.id)}

    with transaction.atomic():
        inputs = {"siren": checked, "name": called, "different_because": different_because}
        answer = idempotency.once(actor=actor, command="party.register_company", inputs=inputs, run=run)
    return uuid.UUID(answer["id"])


def _checked(siren: str) -> str:
    try:
        return identifiers.check_siren(siren)
    except identifiers.InvalidIdentifier as wrong:
        raise errors.bad_identifier(wrong.reason, "siren") from None


def _from_registry(siren: str, called: str, at: dt.datetime) -> models.LegalUnit:
    if models.LegalUnit.objects.filter(siren=siren).exists():
        raise obstacles.Conflict(
            obstacles.Obstacle(
                "party.company_known",
                obstacles.Severity.REFUSAL,
                text.T("L’entreprise {siren} est déjà connue.", siren=siren),
                text.T("Cherchez-la par son SIREN, et ouvrez un dossier sur un de ses établissements."),
                "siren",
            ),
        )
    published = queries.registry_lookup(siren=siren)
    if published is None:
        raise errors.unknown_siren(siren)
    return _companies.adopt(published, at, called=called).legal_unit


def _by_name(called: str, different_because: str, actor: actors.Actor, at: dt.datetime) -> models.LegalUnit:
    _companies.ask_about(queries.candidates(asked=score.Identity(name=called), viewer=actor), different_because)
    return _companies.unnamed_unit(called, at)
