"""Write and sign framework agreements."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from come.catalogue import events, models, queries, records
from come.catalogue.files import problems, shapes
from come.catalogue.files.checks import agreements as checks, index
from come.shared import actor as actors, eventlog, events as facts, formatting, idempotency, obstacles, period, references, text
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementAnswer:
    """The agreement made."""

    agreement_id: uuid.UUID
    reference: str


def create_agreement(
    *,
    name: str,
    legal_unit_id: uuid.UUID,
    valid_from: dt.date,
    actor: actors.Actor,
    at: dt.datetime,
    clauses: Sequence[records.ClauseRecord] | None = None,
    template_code: str = "",
    valid_to: dt.date | None = None,
    signed_date: dt.date | None = None,
) -> AgreementAnswer:
    """Write an agreement of a legal unit from clauses, or from a template's clauses when none are given.

    Without `valid_to`, a template's duration gives it. With `signed_date` it is signed at once; otherwise it is a draft,
    which prices nothing. Raises Refusal with every mistake of the clauses; records AgreementCreated (and AgreementSigned).
    """
    rights.require(actor, "agreement.write")
    template = _template(template_code)
    if template is not None:
        clauses = template.clauses if clauses is None else clauses
        valid_to = valid_to or period.add_months(valid_from, template.duration_months)
    given = tuple(clauses or ())
    obstacles.refuse_if_any([*_period_obstacles(name, valid_from, valid_to), *clause_obstacles(given)])
    inputs = {
        "name": name,
        "legal_unit_id": legal_unit_id,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "signed_date": signed_date,
        "clauses": list(given),
    }
    written = models.Agreement(
        name=name.strip(),
        legal_unit_id=legal_unit_id,
        template_code=template_code,
        valid_from=valid_from,
        valid_to=valid_to,
        state="draft" if signed_date is None else "signed",
        signed_date=signed_date,
        created_at=at,
        updated_at=at,
    )
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="catalogue.create_agreement",
            inputs=inputs,
            run=lambda: _create(written, given, actor, at),
        )
    return AgreementAnswer(uuid.UUID(str(answer["agreement_id"])), answer["reference"])


def clause_obstacles(clauses: Sequence[records.ClauseRecord]) -> list[obstacles.Obstacle]:
    """Return every mistake of an agreement's clauses against the catalogue in force."""
    if not clauses:
        return [
            obstacles.Obstacle(
                "catalogue.agreement.empty",
                obstacles.Severity.REFUSAL,
                text.T("L’accord n’a aucune clause : il ne négocierait aucun prix."),
                text.T("Ajoutez au moins une clause, ou partez d’un modèle."),
                "clauses",
            ),
        ]
    read = shapes.Reading()
    for position, clause in enumerate(clauses, start=1):
        read.place(clause, problems.Mark("clauses", position), {})
    known = index.Index(dataclasses.replace(queries.catalogue_content(), agreement_templates=()), read)
    found = [*_same_number(clauses), *(problem.obstacle() for problem in checks.check_clauses(known, clauses))]
    return list(dict.fromkeys(found))


def _same_number(clauses: Sequence[records.ClauseRecord]) -> list[obstacles.Obstacle]:
    numbers = [clause.number for clause in clauses]
    return [
        obstacles.Obstacle(
            "catalogue.code.duplicate",
            obstacles.Severity.REFUSAL,
            text.T("Deux clauses portent le numéro {number}.", number=number),
            text.T("Donnez un numéro propre à chaque clause : il est cité sur les devis et les factures."),
            "clauses",
        )
        for number in sorted({number for number in numbers if numbers.count(number) > 1})
    ]


def _template(code: str) -> records.AgreementTemplateRecord | None:
    if not code:
        return None
    found = next((template for template in queries.agreement_templates() if template.code == code), None)
    if found is None:
        raise obstacles.not_found(text.T("Le modèle d’accord"), code)
    return found


def _period_obstacles(name: str, valid_from: dt.date, valid_to: dt.date | None) -> list[obstacles.Obstacle]:
    found = []
    if not name.strip():
        found.append(
            obstacles.Obstacle(
                "catalogue.agreement.name",
                obstacles.Severity.REFUSAL,
                text.T("L’accord n’a pas de nom."),
                text.T("Donnez le nom sous lequel vos interlocuteurs le connaissent."),
                "name",
            ),
        )
    if valid_to is not None and valid_to <= valid_from:
        found.append(
            obstacles.Obstacle(
                "catalogue.period.reversed",
                obstacles.Severity.REFUSAL,
                text.T(
                    "La fin ({end}) n’est pas après le début ({start}).", end=formatting.day(valid_to), start=formatting.day(valid_from)
                ),
                text.T("Choisissez une fin postérieure au début."),
                "valid_to",
            ),
        )
    return found


def _create(made: models.Agreement, clauses: Sequence[records.ClauseRecord], actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    made.reference = references.next_reference("agreement", at)
    made.save(force_insert=True)
    models.AgreementClause.objects.bulk_create(
        models.AgreementClause(
            agreement=made, position=position, **{field.name: getattr(clause, field.name) for field in dataclasses.fields(clause)}
        )
        for position, clause in enumerate(clauses)
    )
    subjects = [facts.subject("agreement", made.id), facts.subject("legal_unit", made.legal_unit_id)]
    after = {"name": made.name, "valid_from": made.valid_from, "valid_to": made.valid_to, "clauses": list(clauses)}
    eventlog.record(
        event=events.AgreementCreated(made.id, made.reference, made.legal_unit_id), actor=actor, at=at, subjects=subjects, after=after
    )
    if made.signed_date is not None:
        eventlog.record(event=events.AgreementSigned(made.id, made.reference, made.signed_date), actor=actor, at=at, subjects=subjects)
    return {"agreement_id": made.id, "reference": made.reference}


def sign_agreement(*, reference: str, signed_date: dt.date, actor: actors.Actor, at: dt.datetime) -> AgreementAnswer:
    """Sign a draft: its prices apply on its period. Raises NotFound, Conflict when it is no draft; records AgreementSigned."""
    rights.require(actor, "agreement.write")

    def run() -> dict[str, Any]:
        made = models.Agreement.objects.select_for_update().filter(reference=reference).first()
        if made is None:
            raise obstacles.not_found(text.T("L’accord"), reference)
        if made.state != "draft":
            raise obstacles.Conflict(
                obstacles.Obstacle(
                    "catalogue.agreement.not_draft",
                    obstacles.Severity.REFUSAL,
                    text.T("L’accord {reference} n’est plus un brouillon : il a déjà été signé.", reference=reference),
                    text.T("Rechargez la page ; rien n’a été modifié."),
                ),
            )
        made.state, made.signed_date, made.updated_at = "signed", signed_date, at
        made.save(update_fields=["state", "signed_date", "updated_at"])
        eventlog.record(
            event=events.AgreementSigned(made.id, reference, signed_date),
            actor=actor,
            at=at,
            subjects=[facts.subject("agreement", made.id), facts.subject("legal_unit", made.legal_unit_id)],
            before={"state": "draft"},
            after={"state": "signed"},
        )
        return {"agreement_id": made.id, "reference": reference}

    with transaction.atomic():
        answer = idempotency.once(
            actor=actor, command="catalogue.sign_agreement", inputs={"reference": reference, "signed_date": signed_date}, run=run
        )
    return AgreementAnswer(uuid.UUID(str(answer["agreement_id"])), answer["reference"])
