"""Make an agreement read as a signed text says: what changes ends on its first day, what is new begins on it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from come.catalogue import models, policies, records
from come.catalogue.commands import agreements
from come.catalogue.files import agreement_sheets
from come.catalogue.queries import negotiated, negotiating as texts


def apply(row: models.AgreementText, sheet: agreement_sheets.Sheet, *, signed_date: dt.date, at: dt.datetime) -> None:
    """Write what a text without mistakes says. The caller holds the agreement's lock."""
    assert sheet.words is not None, "a text without a mistake can be read"
    made = row.agreement
    made.name, made.valid_to, made.updated_at = sheet.words.name, sheet.words.valid_to, at
    units = texts.units_by_siren(one.siren for one in sheet.members)
    members = [
        records.MemberRecord(units["".join(one.siren.split())], one.valid_from or sheet.words.valid_from, one.valid_to)
        for one in sheet.members
    ]
    if row.number == 0:
        made.valid_from, made.state, made.signed_date = sheet.words.valid_from, "signed", signed_date
        made.save(update_fields=["name", "valid_from", "valid_to", "state", "signed_date", "updated_at"])
        agreements.write_parts(made.id, clauses=sheet.clauses, members=members, commitments=sheet.commitments)
        return
    made.save(update_fields=["name", "valid_to", "updated_at"])
    before = texts.coming(negotiated.agreement(agreement_id=made.id), sheet.words.valid_from)
    change = _Change(made.id, made.valid_from, sheet.words.valid_from, row.number)
    change.parts(models.AgreementClause, before.clauses, sheet.clauses)
    change.parts(models.AgreementCommitment, before.commitments, sheet.commitments)
    change.members(members)


@dataclasses.dataclass(frozen=True, slots=True)
class _Change:
    """An amendment of an agreement, from its first day on."""

    agreement_id: uuid.UUID
    agreement_from: dt.date
    day: dt.date
    number: int

    def parts(self, model: Any, before: Iterable[Any], after: Iterable[Any]) -> None:
        """End the clauses (or commitments) that change or go, begin those that come; a new wording has a number of its own."""
        for one in policies.changed(tuple(before), tuple(after)):
            if one.before is not None:
                self._end(model.objects.filter(agreement_id=self.agreement_id, number=one.before.number))
            if one.after is not None:
                self._begin(model, one.after)

    def _begin(self, model: Any, made: Any) -> None:
        rows = model.objects.filter(agreement_id=self.agreement_id)
        number = made.number
        if rows.filter(number=number).exists():
            number = agreement_sheets.amended_number(number, self.number)
        values = {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}
        first = max(made.valid_from or self.day, self.day)
        position = (rows.order_by("-position").values_list("position", flat=True).first() or 0) + 1
        model.objects.create(agreement_id=self.agreement_id, position=position, **(values | {"number": number, "valid_from": first}))

    def _end(self, rows: Any) -> None:
        for row in rows:
            # What would never have applied leaves no trace among the prices; the text that was signed keeps it.
            if (row.valid_from or self.agreement_from) >= self.day:
                row.delete()
            else:
                row.valid_to = self.day
                row.save(update_fields=["valid_to"])

    def members(self, after: list[records.MemberRecord]) -> None:
        """End, prolong or add the companies of the group, from the amendment's first day on."""
        present = models.AgreementMember.objects.filter(agreement_id=self.agreement_id)
        wanted = {one.legal_unit_id: one for one in after}
        kept = set()
        for row in present:
            if row.valid_to is not None and row.valid_to <= self.day:
                continue
            one = wanted.get(row.legal_unit_id)
            if one is None:
                self._end([row])
            else:
                kept.add(row.legal_unit_id)
                row.valid_to = one.valid_to
                row.save(update_fields=["valid_to"])
        models.AgreementMember.objects.bulk_create(
            models.AgreementMember(
                agreement_id=self.agreement_id,
                legal_unit_id=unit_id,
                valid_from=max(one.valid_from, self.day),
                valid_to=one.valid_to,
            )
            for unit_id, one in wanted.items()
            if unit_id not in kept
        )
