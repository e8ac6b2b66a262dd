"""Write an agreement or an amendment on screen: every save is kept, a second person approves, then it is signed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from typing import Any

from django.db import transaction

from come.catalogue import events, models, policies, queries, records
from come.catalogue.commands import agreement_parts, sheets as sheet_commands
from come.catalogue.commands.agreements import AgreementAnswer
from come.catalogue.files import agreement_sheets, problems
from come.catalogue.queries import negotiating as texts
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, period, references, text
from come.staff import policies as rights

LARGEST_DOCUMENT_BYTES = 10_000_000
_PDF = b"%PDF-"


@dataclasses.dataclass(frozen=True, slots=True)
class TextAnswer:
    """What a save did: the text's new revision, and what still stands in the way of signing."""

    revision: int
    problems: tuple[problems.Problem, ...]


def write_agreement(
    *,
    name: str,
    legal_unit_id: uuid.UUID,
    valid_from: dt.date,
    actor: actors.Actor,
    at: dt.datetime,
    template_code: str = "",
    source_reference: str = "",
) -> tuple[str, uuid.UUID]:
    """Begin an agreement: a draft from a template, from another agreement, or empty; return its reference and its text.

    It prices nothing until it is signed. Raises Refusal, NotFound; records AgreementCreated. Idempotent by request id.
    """
    rights.require(actor, "agreement.write")
    if not name.strip():
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "catalogue.agreement.name",
                obstacles.Severity.REFUSAL,
                text.T("L’accord n’a pas de nom."),
                text.T("Donnez le nom sous lequel vos interlocuteurs le connaissent."),
                "name",
            )
        )
    valid_to, clauses, commitments = _start(template_code, source_reference, valid_from, actor)
    typed = agreement_sheets.typed_of(name=name.strip(), valid_from=valid_from, valid_to=valid_to, clauses=clauses, commitments=commitments)

    def run() -> dict[str, Any]:
        made = models.Agreement.objects.create(
            reference=references.next_reference("agreement", at),
            name=name.strip()[:200],
            legal_unit_id=legal_unit_id,
            template_code=template_code,
            valid_from=valid_from,
            valid_to=valid_to,
            state="draft",
            created_at=at,
            updated_at=at,
        )
        written = _new_text(made, 0, typed, actor, at)
        _record(made, events.AgreementCreated(made.id, made.reference, legal_unit_id), actor, at, after={"name": made.name})
        return {"reference": made.reference, "text_id": written.id}

    with transaction.atomic():
        inputs = {
            "name": name,
            "legal_unit_id": legal_unit_id,
            "valid_from": valid_from,
            "template_code": template_code,
            "source_reference": source_reference,
        }
        answer = idempotency.once(actor=actor, command="catalogue.write_agreement", inputs=inputs, run=run)
    return answer["reference"], uuid.UUID(str(answer["text_id"]))


def _start(
    template_code: str, source_reference: str, valid_from: dt.date, actor: actors.Actor
) -> tuple[dt.date | None, tuple[records.ClauseRecord, ...], tuple[records.CommitmentRecord, ...]]:
    """Return the end, the clauses and the commitments that a new agreement starts with."""
    if source_reference:
        source = texts.in_force(queries.visible_agreement(reference=source_reference, viewer=actor), valid_from)
        return None, tuple(map(_undated, source.clauses)), tuple(map(_undated, source.commitments))
    if not template_code:
        return period.add_months(valid_from, 24), (), ()
    template = next((one for one in queries.agreement_templates() if one.code == template_code), None)
    if template is None:
        raise obstacles.not_found(text.T("Le modèle d’accord"), template_code)
    return period.add_months(valid_from, template.duration_months), template.clauses, template.commitments


def _undated(one: Any) -> Any:
    return dataclasses.replace(one, valid_from=None, valid_to=None)


def amend_agreement(*, reference: str, effective_date: dt.date, actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Begin an amendment: the agreement as it reads on a day, to be changed from that day on; return its text.

    Raises Refusal (not in force, another text open), NotFound; records AgreementAmendmentBegun. Idempotent by request id.
    """
    rights.require(actor, "agreement.write")
    agreement = queries.visible_agreement(reference=reference, viewer=actor)

    def run() -> dict[str, Any]:
        made = models.Agreement.objects.select_for_update().get(id=agreement.id)
        known = list(models.AgreementText.objects.filter(agreement=made).values_list("number", "state"))
        obstacles.refuse_if_any(
            policies.amending_obstacles(
                state=made.state,
                valid_to=made.valid_to,
                has_open_text=any(state in texts.OPEN_STATES for _, state in known),
                today=period.local_day(at),
            )
        )
        present = texts.coming(agreement, effective_date)
        typed = agreement_sheets.typed_of(
            name=agreement.name,
            valid_from=effective_date,
            valid_to=agreement.valid_to,
            clauses=present.clauses,
            commitments=present.commitments,
            members=texts.members_of(agreement, effective_date),
        )
        typed["taken"] = sorted({*(one.number for one in agreement.clauses), *(one.number for one in agreement.commitments)})
        number = max((number for number, _ in known), default=0) + 1
        written = _new_text(made, number, typed, actor, at)
        _record(made, events.AgreementAmendmentBegun(made.id, reference, number), actor, at)
        return {"text_id": written.id}

    with transaction.atomic():
        inputs = {"reference": reference, "effective_date": effective_date}
        answer = idempotency.once(actor=actor, command="catalogue.amend_agreement", inputs=inputs, run=run)
    return uuid.UUID(str(answer["text_id"]))


def _new_text(
    made: models.Agreement, number: int, typed: agreement_sheets.Typed, actor: actors.Actor, at: dt.datetime
) -> models.AgreementText:
    return models.AgreementText.objects.create(
        agreement=made,
        number=number,
        typed=typed,
        author_ids=[actor.staff_id] if actor.staff_id else [],
        edited_by_name=actor.name,
        edited_at=at,
        created_at=at,
    )


def save_text(*, text_id: uuid.UUID, typed: agreement_sheets.Typed, seen: int, actor: actors.Actor, at: dt.datetime) -> TextAnswer:
    """Keep what was typed, mistakes included. `seen` is the revision that was being edited: nobody's edit is overwritten (Conflict).

    Raises Refusal for a text that is no draft, NotFound; records AgreementEdited when something changed.
    """
    with transaction.atomic():
        row = _locked(text_id, actor)
        if row.state != "draft":
            obstacles.refuse_if_any(policies.moving_obstacles(state=row.state, after="review"))
            raise obstacles.Refusal(*policies.moving_obstacles(state="signed", after="draft"))
        if seen != row.revision:
            raise obstacles.Conflict(
                obstacles.Obstacle(
                    "catalogue.sheet_changed",
                    obstacles.Severity.REFUSAL,
                    text.T("{name} a modifié ce texte pendant que vous l’écriviez.", name=row.edited_by_name),
                    text.T("Rechargez la page pour voir ses changements, puis refaites le vôtre ; rien n’a été écrasé."),
                )
            )
        judged = texts.judged_text(typed)
        if typed == row.typed:
            return TextAnswer(row.revision, judged.problems)
        before, row.typed, row.revision = row.typed, typed, row.revision + 1
        row.author_ids = sorted({*row.author_ids, *([actor.staff_id] if actor.staff_id else [])})
        row.edited_by_name, row.edited_at = actor.name, at
        row.save(update_fields=["typed", "revision", "author_ids", "edited_by_name", "edited_at"])
        if row.number == 0 and typed["agreement"].get("name", "").strip():
            models.Agreement.objects.filter(id=row.agreement_id).update(name=typed["agreement"]["name"].strip()[:200], updated_at=at)
        _record_edit(row, before, actor, at)
    return TextAnswer(row.revision, judged.problems)


def _record_edit(row: models.AgreementText, before: agreement_sheets.Typed, actor: actors.Actor, at: dt.datetime) -> None:
    old, new = dict(sheet_commands.flat(before)), dict(sheet_commands.flat(row.typed))
    changed = sorted(path for path in {*old, *new} if old.get(path, "") != new.get(path, ""))
    event = events.AgreementEdited(row.agreement_id, row.agreement.reference, row.number)
    _record(
        row.agreement,
        event,
        actor,
        at,
        before={path: old.get(path, "") for path in changed},
        after={path: new.get(path, "") for path in changed},
    )


def submit_text(*, text_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Hand a text to a second person. Raises Refusal with everything that is left to correct; records AgreementSubmitted."""
    with transaction.atomic():
        row = _locked(text_id, actor)
        obstacles.refuse_if_any([*policies.moving_obstacles(state=row.state, after="review"), *_left(row)])
        _move(row, "review", {})
        _record(row.agreement, events.AgreementSubmitted(row.agreement_id, row.agreement.reference, row.number), actor, at)


def _left(row: models.AgreementText) -> list[obstacles.Obstacle]:
    judged = texts.judged_text(row.typed)
    return [problem.obstacle() for problem in judged.problems]


def send_back_text(*, text_id: uuid.UUID, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Give a text back to its authors, with what is to be changed. Raises Refusal; records AgreementSentBack."""
    with transaction.atomic():
        row = _locked(text_id, actor)
        found = policies.moving_obstacles(state=row.state, after="draft")
        if not reason.strip():
            found.append(
                obstacles.Obstacle(
                    "catalogue.agreement.no_reason",
                    obstacles.Severity.REFUSAL,
                    text.T("La raison manque."),
                    text.T("Dites ce qui est à reprendre."),
                    "reason",
                )
            )
        obstacles.refuse_if_any(found)
        _move(row, "draft", {"review_note": reason.strip()[:500], "approved_by_name": "", "approved_at": None})
        _record(row.agreement, events.AgreementSentBack(row.agreement_id, row.agreement.reference, row.number, reason.strip()), actor, at)


def approve_text(*, text_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Approve a text that others wrote: it may be signed. Raises Refusal (an author, mistakes); records AgreementApproved."""
    with transaction.atomic():
        row = _locked(text_id, actor)
        obstacles.refuse_if_any(
            [
                *policies.moving_obstacles(state=row.state, after="approved"),
                *policies.approval_obstacles(approver_id=actor.staff_id, author_ids=row.author_ids),
                *_left(row),
            ]
        )
        _move(row, "approved", {"approved_by_name": actor.name, "approved_at": at, "review_note": ""})
        _record(row.agreement, events.AgreementApproved(row.agreement_id, row.agreement.reference, row.number), actor, at)


def withdraw_text(*, text_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Give up a text that was not signed; what it says is kept. Raises Refusal; records AgreementTextWithdrawn."""
    with transaction.atomic():
        row = _locked(text_id, actor)
        obstacles.refuse_if_any(policies.moving_obstacles(state=row.state, after="withdrawn"))
        _move(row, "withdrawn", {})
        _record(row.agreement, events.AgreementTextWithdrawn(row.agreement_id, row.agreement.reference, row.number), actor, at)


def sign_text(
    *,
    text_id: uuid.UUID,
    signed_date: dt.date,
    actor: actors.Actor,
    at: dt.datetime,
    document_name: str = "",
    document: bytes = b"",
) -> AgreementAnswer:
    """Sign an approved text: the agreement reads so from its first day on, and quotes and bills follow.

    `document` is the signed PDF, kept with its hash. Raises Refusal (not approved, days, mistakes that came since, no PDF); records
    AgreementSigned or AgreementAmended. Idempotent by request id.
    """

    def run() -> dict[str, Any]:
        row = _locked(text_id, actor)
        judged = texts.judged_text(row.typed)
        found = [
            *policies.moving_obstacles(state=row.state, after="signed"),
            *(problem.obstacle() for problem in judged.problems),
            *_document_obstacles(document),
        ]
        if judged.words is not None:
            found += policies.signing_obstacles(
                effective_date=judged.words.valid_from,
                signed_date=signed_date,
                today=period.local_day(at),
                is_amendment=row.number > 0,
                agreement_from=row.agreement.valid_from,
                last_effective_date=texts.last_effective_date(agreement_id=row.agreement_id),
            )
        obstacles.refuse_if_any(found)
        assert judged.words is not None, "a text without a mistake can be read"
        agreement_parts.apply(row, judged, signed_date=signed_date, at=at)
        sha256 = hashlib.sha256(document).hexdigest() if document else ""
        _move(
            row,
            "signed",
            {
                "effective_date": judged.words.valid_from,
                "signed_date": signed_date,
                "document_name": document_name[:200] if document else "",
                "document_sha256": sha256,
                "document": document or None,
            },
        )
        reference = row.agreement.reference
        event: facts.Event = (
            events.AgreementAmended(row.agreement_id, reference, row.number, judged.words.valid_from)
            if row.number
            else events.AgreementSigned(row.agreement_id, reference, signed_date)
        )
        _record(row.agreement, event, actor, at, after={"document_sha256": sha256})
        return {"agreement_id": row.agreement_id, "reference": reference}

    with transaction.atomic():
        inputs = {"text_id": text_id, "signed_date": signed_date, "document": hashlib.sha256(document).hexdigest()}
        answer = idempotency.once(actor=actor, command="catalogue.sign_text", inputs=inputs, run=run)
    return AgreementAnswer(uuid.UUID(str(answer["agreement_id"])), answer["reference"])


def _document_obstacles(document: bytes) -> list[obstacles.Obstacle]:
    if not document or (document.startswith(_PDF) and len(document) <= LARGEST_DOCUMENT_BYTES):
        return []
    return [
        obstacles.Obstacle(
            "catalogue.agreement.document",
            obstacles.Severity.REFUSAL,
            text.T("Le document signé doit être un PDF de 10 Mo au plus."),
            text.T("Joignez la copie numérisée en PDF, ou signez sans pièce."),
            "document",
        )
    ]


def end_agreement(*, reference: str, end_date: dt.date, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """End an agreement early: from `end_date` on it prices nothing. Raises Refusal, NotFound; records AgreementEnded.

    An open text of it is given up. Quotes that rest on it say so on their pages, in euros. Idempotent by request id.
    """
    rights.require(actor, "agreement.write")
    found = queries.visible_agreement(reference=reference, viewer=actor)

    def run() -> dict[str, Any]:
        made = models.Agreement.objects.select_for_update().get(id=found.id)
        obstacles.refuse_if_any(
            policies.ending_obstacles(
                state=made.state,
                valid_from=made.valid_from,
                valid_to=made.valid_to,
                end_date=end_date,
                reason=reason,
                today=period.local_day(at),
            )
        )
        before = made.valid_to
        made.valid_to, made.updated_at = end_date, at
        made.save(update_fields=["valid_to", "updated_at"])
        models.AgreementText.objects.filter(agreement=made, state__in=texts.OPEN_STATES).update(state="withdrawn")
        event = events.AgreementEnded(made.id, reference, end_date, reason.strip())
        _record(made, event, actor, at, before={"valid_to": before}, after={"valid_to": end_date})
        return {}

    with transaction.atomic():
        inputs = {"reference": reference, "end_date": end_date, "reason": reason}
        idempotency.once(actor=actor, command="catalogue.end_agreement", inputs=inputs, run=run)


def _locked(text_id: uuid.UUID, actor: actors.Actor) -> models.AgreementText:
    """Return a text and its agreement, locked, for somebody who may write it and sees it."""
    rights.require(actor, "agreement.write")
    found = texts.agreement_text(text_id=text_id, viewer=actor)
    models.Agreement.objects.select_for_update().get(id=found.agreement_id)
    return models.AgreementText.objects.select_for_update(of=("self",)).select_related("agreement").defer("document").get(id=text_id)


def _move(row: models.AgreementText, state: str, given: dict[str, Any]) -> None:
    row.state = state
    for name, value in given.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *given])


def _record(
    made: models.Agreement,
    event: facts.Event,
    actor: actors.Actor,
    at: dt.datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    subjects = [facts.subject("agreement", made.id), facts.subject("legal_unit", made.legal_unit_id)]
    eventlog.record(event=event, actor=actor, at=at, subjects=subjects, before=before or {}, after=after or {})
