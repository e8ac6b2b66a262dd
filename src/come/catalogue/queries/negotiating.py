"""What is being negotiated: the texts of an agreement, what they say, what they would change."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from come.catalogue import models, policies, records
from come.catalogue.files import agreement_sheets, problems
from come.catalogue.queries import lists, sheets as offering_sheets, stored
from come.party import queries as party_queries
from come.shared import actor as actors, obstacles, text

OPEN_STATES = ("draft", "review", "approved")


@dataclasses.dataclass(frozen=True, slots=True)
class TextRecord:
    """One writing of an agreement: number 0 is the agreement itself, 1 and on its amendments."""

    id: uuid.UUID
    agreement_id: uuid.UUID
    reference: str
    number: int
    state: str
    typed: agreement_sheets.Typed
    revision: int
    author_ids: tuple[uuid.UUID, ...]
    edited_by_name: str
    edited_at: dt.datetime
    review_note: str
    approved_by_name: str
    approved_at: dt.datetime | None
    effective_date: dt.date | None
    signed_date: dt.date | None
    document_name: str
    document_sha256: str

    @property
    def is_amendment(self) -> bool:
        """Tell whether it changes an agreement that is signed already."""
        return self.number > 0

    @property
    def is_open(self) -> bool:
        """Tell whether it may still be signed."""
        return self.state in OPEN_STATES


def agreement_texts(*, agreement_id: uuid.UUID) -> list[TextRecord]:
    """Return the texts of an agreement, the last first (one statement). The caller checks the right to see it."""
    rows = models.AgreementText.objects.filter(agreement_id=agreement_id).select_related("agreement").defer("document")
    return [record_of(row) for row in rows.order_by("-number")]


def agreement_text(*, text_id: uuid.UUID, viewer: actors.Actor) -> TextRecord:
    """Return one text for somebody who sees its agreement; raises NotFound."""
    row = models.AgreementText.objects.select_related("agreement").defer("document").filter(id=text_id).first()
    if row is None:
        raise obstacles.not_found(text.T("Le texte de l’accord"), text_id)
    lists.visible_agreement(agreement_id=row.agreement_id, viewer=viewer)
    return record_of(row)


def last_effective_date(*, agreement_id: uuid.UUID) -> dt.date | None:
    """Return the first day of the last amendment that was signed, if any (one statement)."""
    signed = models.AgreementText.objects.filter(agreement_id=agreement_id, state="signed", number__gt=0)
    return signed.order_by("-effective_date").values_list("effective_date", flat=True).first()


def signed_document(*, text_id: uuid.UUID, viewer: actors.Actor) -> tuple[str, bytes]:
    """Return the name and the bytes of the document that was signed; raises NotFound."""
    agreement_text(text_id=text_id, viewer=viewer)
    name, content = models.AgreementText.objects.filter(id=text_id).values_list("document_name", "document")[0]
    if content is None:
        raise obstacles.not_found(text.T("Le document signé"), text_id)
    return str(name), bytes(content)


def record_of(row: models.AgreementText) -> TextRecord:
    """Return a row as a value."""
    given = {
        field.name: getattr(row, field.name) for field in dataclasses.fields(TextRecord) if field.name not in {"reference", "author_ids"}
    }
    return TextRecord(**given, reference=row.agreement.reference, author_ids=tuple(row.author_ids))


def subject_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what a clause may be about, by family of subjects: offers, families of offers, zones, included volumes (seven statements)."""
    shown = offering_sheets.sheet_choices()
    allowances = models.Allowance.objects.exclude(offering__approval="withdrawn").order_by("name_fr", "code").values_list("code", "name_fr")
    return {
        "offering": [(f"offering:{code}", name) for code, name in shown["offerings"]],
        "offering_kind": [(f"offering_kind:{kind.value}", gettext(name)) for kind, name in policies.KIND_NAMES_FR.items()],
        "tariff_zone": [(f"tariff_zone:{code}", name) for code, name in dict([*shown["destinations"], *shown["origins"]]).items()],
        "allowance": [(f"allowance:{code}", f"{name} ({code})") for code, name in dict(allowances).items()],
    }


def subject_names(choices: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, str]:
    """Return the French name of each subject, without its code."""
    return {value: name.rpartition(" (")[0] or name for group in choices.values() for value, name in group}


def judged_text(typed: agreement_sheets.Typed) -> agreement_sheets.Sheet:
    """Return what a text says, and what stands in the way, with the names of today's offers (about twenty statements)."""
    return judged(typed, subject_names(subject_choices()))


def judged(typed: agreement_sheets.Typed, names: Mapping[str, str]) -> agreement_sheets.Sheet:
    """Return what a text says against the catalogue of the day, and what stands in the way of signing it."""
    sheet = agreement_sheets.judged(known=stored.catalogue_content(), typed=typed, names=names)
    found = []
    known = units_by_siren(one.siren for one in sheet.members)
    for place, row in enumerate(typed["members"]):
        siren = "".join(row.get("siren", "").split())
        is_judged = any(problem.file == f"members.{place}.siren" for problem in sheet.problems)
        if siren and siren not in known and not is_judged:
            found.append(
                problems.problem(
                    problems.Mark(f"members.{place}.siren"),
                    "member.unknown",
                    text.T("Aucune entreprise connue n’a ce SIREN."),
                    text.T("Ouvrez d’abord son dossier client."),
                )
            )
    return dataclasses.replace(sheet, problems=(*sheet.problems, *found))


def units_by_siren(sirens: Iterable[str]) -> dict[str, uuid.UUID]:
    """Return the legal unit of each SIREN that is known (one statement at most)."""
    return party_queries.legal_units_by_siren(sirens=["".join(siren.split()) for siren in sirens])


def members_of(agreement: records.AgreementRecord, day: dt.date) -> list[agreement_sheets.Member]:
    """Return the companies of the group that an agreement covers on a day or later, by SIREN."""
    coming = [one for one in agreement.members if one.valid_to is None or one.valid_to > day]
    named = party_queries.units_named(legal_unit_ids=[one.legal_unit_id for one in coming])
    return [agreement_sheets.Member(named[one.legal_unit_id][0], one.valid_from, one.valid_to) for one in coming]


def text_changes(record: TextRecord, sheet: agreement_sheets.Sheet, agreement: records.AgreementRecord) -> list[Any]:
    """Return what an amendment changes of the clauses and commitments in force on its first day."""
    if sheet.words is None or not record.is_amendment:
        return []
    before = coming(agreement, sheet.words.valid_from)
    return policies.changed([*before.clauses, *before.commitments], [*sheet.clauses, *sheet.commitments])


def coming(agreement: records.AgreementRecord, day: dt.date) -> records.AgreementRecord:
    """Return an agreement with what of it holds on a day or begins later: what an amendment of that day may change."""
    return dataclasses.replace(
        agreement,
        clauses=tuple(one for one in agreement.clauses if one.valid_to is None or day < one.valid_to),
        commitments=tuple(one for one in agreement.commitments if one.valid_to is None or day < one.valid_to),
    )


def in_force(agreement: records.AgreementRecord, day: dt.date) -> records.AgreementRecord:
    """Return an agreement with what of it holds on a day."""
    return dataclasses.replace(
        agreement,
        clauses=tuple(policies.clauses_in_force(agreement.clauses, day)),
        commitments=tuple(
            one
            for one in agreement.commitments
            if (one.valid_from is None or one.valid_from <= day) and (one.valid_to is None or day < one.valid_to)
        ),
        members=tuple(one for one in agreement.members if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)),
    )
