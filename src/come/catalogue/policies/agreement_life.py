"""How an agreement is written, reviewed, signed and ended; the sentences that clauses say when nobody wrote any."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from come.catalogue import records
from come.shared import formatting, obstacles, text

TEXT_TRANSITIONS = {
    "draft": frozenset({"review", "withdrawn"}),
    "review": frozenset({"draft", "approved", "withdrawn"}),
    "approved": frozenset({"draft", "signed", "withdrawn"}),
    "signed": frozenset[str](),
    "withdrawn": frozenset[str](),
}
TEXT_WORDS = {
    "draft": text.noop("Brouillon"),
    "review": text.noop("En relecture"),
    "approved": text.noop("À signer"),
    "signed": text.noop("Signé"),
    "withdrawn": text.noop("Abandonné"),
}
TEXT_TONES = {"draft": "draft", "review": "waiting", "approved": "progress", "signed": "done", "withdrawn": "cancelled"}
_EACH = {"month": text.noop("mois"), "quarter": text.noop("trimestre"), "year": text.noop("an")}
_OF_PRICE = {
    "recurring": text.noop("l’abonnement"),
    "one_off": text.noop("les frais uniques"),
    "instalment": text.noop("les mensualités"),
    "deposit": text.noop("le dépôt"),
    "voice": text.noop("les appels"),
    "sms": text.noop("les SMS"),
    "mms": text.noop("les MMS"),
    "data": text.noop("l’internet"),
}


def clause_sentence_fr(row: Mapping[str, str], name: str) -> str:
    """Return the sentence of a clause from what was typed of it: what is cited on quotes and bills when nobody writes another."""
    about = name or row.get("subject", "").partition(":")[2]
    value = row.get("value", "")
    if not about or not value:
        return ""
    what = text.T(_OF_PRICE.get(row.get("price", ""), "le prix"))
    match row.get("kind"):
        case "percentage":
            said = text.T("{about} : {value} % de réduction sur {what}", about=about, value=value.replace(".", ","), what=what)
        case "formula":
            said = text.T("{about} : {what} selon la formule {value}", about=about, value=value, what=what)
        case "quantity":
            said = text.T("{about} : {value} inclus chaque mois", about=about, value=value)
        case _:
            said = text.T("{about} : {what} à {value} € HT", about=about, value=value.replace(".", ","), what=what)
    minimum = row.get("minimum_quantity", "")
    return f"{said}." if not minimum else str(text.T("{said}, à partir de {minimum} lignes.", said=str(said), minimum=minimum))


_SAID = {"amount": re.compile(r"(\d[\d\s]*(?:[.,]\d+)?)\s*€"), "percentage": re.compile(r"(\d+(?:[.,]\d+)?)\s*%")}


def contradicted_value(row: Mapping[str, str]) -> str | None:
    """Return the amount or percentage that a clause's sentence says when it is not the clause's own; None when all is well.

    A sentence is cited on quotes and bills: it must not go on saying the price that was before.
    """
    pattern = _SAID.get(row.get("kind", ""))
    own = _number(row.get("value", ""))
    if pattern is None or own is None:
        return None
    said = [found[1].strip() for found in pattern.finditer(row.get("text_fr", ""))]
    return said[0] if said and own not in {_number(one) for one in said} else None


def _number(written: str) -> Decimal | None:
    plain = "".join(written.replace("€", "").replace("%", "").split()).replace(",", ".")
    try:
        return Decimal(plain)
    except decimal.InvalidOperation:
        return None


def commitment_sentence_fr(row: Mapping[str, str], name: str) -> str:
    """Return the sentence of a commitment from what was typed of it."""
    minimum = row.get("minimum", "")
    if not minimum:
        return ""
    period = text.T(_EACH.get(row.get("period", ""), _EACH["month"]))
    if row.get("kind") == "revenue":
        return str(text.T("Au moins {minimum} € HT facturés par {period}.", minimum=minimum, period=period))
    return str(text.T("Au moins {minimum} lignes {name} chaque {period}.", minimum=minimum, name=name, period=period)).replace("  ", " ")


def _refusal(code: str, message: text.T, next_step: text.T, path: str = "") -> obstacles.Obstacle:
    return obstacles.Obstacle(f"catalogue.agreement.{code}", obstacles.Severity.REFUSAL, message, next_step, path)


def moving_obstacles(*, state: str, after: str) -> list[obstacles.Obstacle]:
    """Return why a text may not go from one state to another."""
    if after in TEXT_TRANSITIONS[state]:
        return []
    return [
        _refusal(
            "text_state",
            text.T("Ce texte est « {state} » : cet acte n’est plus possible.", state=text.T(TEXT_WORDS[state])),
            text.T("Rechargez la page ; rien n’a été modifié."),
        )
    ]


def approval_obstacles(*, approver_id: uuid.UUID | None, author_ids: Collection[uuid.UUID]) -> list[obstacles.Obstacle]:
    """Return why a person may not approve a text: whoever wrote in it does not."""
    if approver_id is None or approver_id not in author_ids:
        return []
    return [
        _refusal(
            "own_text",
            text.T("Vous avez écrit dans ce texte : une autre personne l’approuve."),
            text.T("Demandez la relecture à un collègue qui signe des accords."),
        )
    ]


def amending_obstacles(*, state: str, valid_to: dt.date | None, has_open_text: bool, today: dt.date) -> list[obstacles.Obstacle]:
    """Return why an agreement may not be amended now."""
    found = []
    if state != "signed" or (valid_to is not None and valid_to <= today):
        found.append(
            _refusal(
                "not_in_force",
                text.T("Seul un accord signé et non échu s’amende."),
                text.T("Écrivez un nouvel accord à partir de celui-ci."),
            )
        )
    if has_open_text:
        found.append(
            _refusal(
                "text_open",
                text.T("Un texte de cet accord est déjà en préparation."),
                text.T("Terminez-le ou abandonnez-le avant d’en commencer un autre."),
            )
        )
    return found


def signing_obstacles(
    *,
    effective_date: dt.date,
    signed_date: dt.date,
    today: dt.date,
    is_amendment: bool,
    agreement_from: dt.date,
    last_effective_date: dt.date | None = None,
) -> list[obstacles.Obstacle]:
    """Return why a text may not be signed on these days: no amendment words anew the past, nor what another signed one said.

    `last_effective_date` is the first day of the last amendment that was signed, if any.
    """
    found = []
    if signed_date > today:
        found.append(
            _refusal(
                "signed_later", text.T("La date de signature est à venir."), text.T("Donnez le jour où il a été signé."), "signed_date"
            )
        )
    if is_amendment and effective_date < max(today, agreement_from):
        found.append(
            _refusal(
                "amends_past",
                text.T(
                    "Un avenant ne change pas ce qui a déjà été facturé : il prendrait effet le {day}.", day=formatting.day(effective_date)
                ),
                text.T("Faites-le prendre effet aujourd’hui ou plus tard."),
                "agreement.valid_from",
            )
        )
    if is_amendment and last_effective_date is not None:
        found += _amended_later(effective_date, last_effective_date)
    return found


def _amended_later(effective_date: dt.date, last_effective_date: dt.date) -> list[obstacles.Obstacle]:
    if effective_date >= last_effective_date:
        return []
    return [
        _refusal(
            "amends_amended",
            text.T("Un avenant déjà signé prend effet le {day}, après celui-ci.", day=formatting.day(last_effective_date)),
            text.T("Faites prendre effet à celui-ci le même jour ou plus tard."),
            "agreement.valid_from",
        )
    ]


def ending_obstacles(
    *, state: str, valid_from: dt.date, valid_to: dt.date | None, end_date: dt.date, reason: str, today: dt.date
) -> list[obstacles.Obstacle]:
    """Return why an agreement may not end on a day (its first day without effect)."""
    found = []
    if state != "signed" or (valid_to is not None and valid_to <= today):
        found.append(
            _refusal("not_in_force", text.T("Cet accord n’est pas en vigueur."), text.T("Rechargez la page ; rien n’a été modifié."))
        )
    if end_date < today or end_date <= valid_from:
        found.append(
            _refusal(
                "ends_in_past",
                text.T("Un accord ne prend pas fin un jour passé."),
                text.T("Choisissez aujourd’hui ou un jour à venir."),
                "end_date",
            )
        )
    if valid_to is not None and end_date > valid_to:
        found.append(
            _refusal(
                "ends_later",
                text.T("L’accord prend déjà fin le {day}.", day=formatting.day(valid_to)),
                text.T("Pour le prolonger, écrivez un avenant."),
                "end_date",
            )
        )
    if not reason.strip():
        found.append(
            _refusal("no_reason", text.T("La raison manque."), text.T("Dites en une phrase pourquoi l’accord prend fin."), "reason")
        )
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class Changed:
    """A clause or commitment before and after an amendment: None on the side where there is none."""

    number: str
    before: records.ClauseRecord | records.CommitmentRecord | None
    after: records.ClauseRecord | records.CommitmentRecord | None


def changed(
    before: Sequence[records.ClauseRecord | records.CommitmentRecord],
    after: Sequence[records.ClauseRecord | records.CommitmentRecord],
) -> list[Changed]:
    """Return what differs between two sets of clauses or commitments of one agreement, by number.

    The days of a clause count as what it says, those of a commitment do not: it holds for the whole agreement.
    """
    old = {one.number: one for one in before}
    new = {one.number: one for one in after}
    return [
        Changed(number, old.get(number), new.get(number))
        for number in dict.fromkeys([*old, *new])
        if number not in old or number not in new or _said(old[number]) != _said(new[number])
    ]


def _said(one: records.ClauseRecord | records.CommitmentRecord) -> records.ClauseRecord | records.CommitmentRecord:
    return one if isinstance(one, records.ClauseRecord) else dataclasses.replace(one, valid_from=None, valid_to=None)
