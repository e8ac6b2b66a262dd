"""Write and sign framework agreements."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from come.catalogue import events, models, policies, queries, records
from come.catalogue.files import problems, shapes
from come.catalogue.files.checks import agreements as checks, commitments as commitment_checks, index
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
    members: Sequence[records.MemberRecord] = (),
    commitments: Sequence[records.CommitmentRecord] | None = None,
) -> AgreementAnswer:
    """Write an agreement of a legal unit from clauses, or from a template's clauses (and commitments) when none are given.

    Without `valid_to`, a template's duration gives it. With `signed_date` it is signed at once; otherwise it is a draft,
    which prices nothing. `members` are the other companies of the group that it covers. Raises Refusal with every mistake of its
    parts; records AgreementCreated (and AgreementSigned).
    """
    rights.require(actor, "agreement.write")
    template = _template(template_code)
    if template is not None:
        clauses = template.clauses if clauses is None else clauses
        commitments = template.commitments if commitments is None else commitments
        valid_to = valid_to or period.add_months(valid_from, template.duration_months)
    given = _Parts(tuple(clauses or ()), tuple(members), tuple(commitments or ()))
    obstacles.refuse_if_any(
        [
            *_period_obstacles(name, valid_from, valid_to),
            *clause_obstacles(given.clauses, given.commitments),
            *policies.member_obstacles(given.members, legal_unit_id=legal_unit_id, valid_from=valid_from, valid_to=valid_to),
        ],
    )
    inputs = {
        "name": name,
        "legal_unit_id": legal_unit_id,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "signed_date": signed_date,
        "clauses": list(given.clauses),
        "members": list(given.members),
        "commitments": list(given.commitments),
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


@dataclasses.dataclass(frozen=True, slots=True)
class _Parts:
    """What belongs to an agreement."""

    clauses: tuple[records.ClauseRecord, ...]
    members: tuple[records.MemberRecord, ...] = ()
    commitments: tuple[records.CommitmentRecord, ...] = ()


def clause_obstacles(
    clauses: Sequence[records.ClauseRecord], commitments: Sequence[records.CommitmentRecord] = ()
) -> list[obstacles.Obstacle]:
    """Return every mistake of an agreement's clauses and commitments against the catalogue in force."""
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
    for position, commitment in enumerate(commitments, start=1):
        read.place(commitment, problems.Mark("commitments", position), {})
    known = index.Index(dataclasses.replace(queries.catalogue_content(), agreement_templates=()), read)
    wrong = [*checks.check_clauses(known, clauses), *commitment_checks.check_commitments(known, commitments)]
    found = [*_same_number([*clauses, *commitments]), *(problem.obstacle() for problem in wrong)]
    return list(dict.fromkeys(found))


def _same_number(clauses: Sequence[records.ClauseRecord | records.CommitmentRecord]) -> list[obstacles.Obstacle]:
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


def _create(made: models.Agreement, given: _Parts, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    made.reference = references.next_reference("agreement", at)
    made.save(force_insert=True)
    write_parts(made.id, clauses=given.clauses, members=given.members, commitments=given.commitments)
    subjects = [facts.subject("agreement", made.id), facts.subject("legal_unit", made.legal_unit_id)]
    after = {"name": made.name, "valid_from": made.valid_from, "valid_to": made.valid_to, **dataclasses.asdict(given)}
    eventlog.record(
        event=events.AgreementCreated(made.id, made.reference, made.legal_unit_id), actor=actor, at=at, subjects=subjects, after=after
    )
    if made.signed_date is not None:
        eventlog.record(event=events.AgreementSigned(made.id, made.reference, made.signed_date), actor=actor, at=at, subjects=subjects)
    return {"agreement_id": made.id, "reference": made.reference}


def write_parts(
    agreement_id: uuid.UUID,
    *,
    clauses: Sequence[records.ClauseRecord],
    members: Sequence[records.MemberRecord] = (),
    commitments: Sequence[records.CommitmentRecord] = (),
) -> None:
    """Write what belongs to an agreement that has none of it yet, in three statements."""
    models.AgreementClause.objects.bulk_create(
        models.AgreementClause(agreement_id=agreement_id, position=position, **_values(clause)) for position, clause in enumerate(clauses)
    )
    models.AgreementMember.objects.bulk_create(models.AgreementMember(agreement_id=agreement_id, **_values(member)) for member in members)
    models.AgreementCommitment.objects.bulk_create(
        models.AgreementCommitment(agreement_id=agreement_id, position=position, **_values(commitment))
        for position, commitment in enumerate(commitments)
    )


def _values(made: Any) -> dict[str, Any]:
    return {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}


def sign_agreement(*, reference: str, signed_date: dt.date, actor: actors.Actor, at: dt.datetime) -> AgreementAnswer:
    """Sign a draft that was written in one go, without a text to review (set-ups): its prices apply on its period.

    Raises NotFound, Conflict when it is no draft; records AgreementSigned.
    """
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
