"""The states of a quote (TM Forum 648) and the only ways between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from come.quote import records
from come.shared import formatting, obstacles, period, text

IN_PROGRESS = "inProgress"
PENDING = "pending"
APPROVED = "approved"
ACCEPTED = "accepted"
REJECTED = "rejected"
CANCELLED = "cancelled"
STATES = (IN_PROGRESS, PENDING, APPROVED, ACCEPTED, REJECTED, CANCELLED)
# `approved` is TM Forum's word for approved inside and sent: no longer editable.
TRANSITIONS: dict[str, frozenset[str]] = {
    IN_PROGRESS: frozenset({PENDING, APPROVED, CANCELLED}),
    PENDING: frozenset({IN_PROGRESS, APPROVED, CANCELLED}),
    APPROVED: frozenset({ACCEPTED, REJECTED, CANCELLED}),
    ACCEPTED: frozenset(),
    REJECTED: frozenset(),
    CANCELLED: frozenset(),
}
NAMES_FR = {
    IN_PROGRESS: text.noop("Brouillon"),
    PENDING: text.noop("À valider"),
    APPROVED: text.noop("Envoyé"),
    ACCEPTED: text.noop("Accepté"),
    REJECTED: text.noop("Refusé"),
    CANCELLED: text.noop("Annulé"),
}
VALID_DAYS = 30
MAXIMUM_VALID_DAYS = 180


def transition_obstacles(*, reference: str, state: str, wanted: str) -> list[obstacles.Obstacle]:
    """Return why a quote cannot go from one state to another."""
    if wanted in TRANSITIONS[state]:
        return []
    return [
        obstacles.Obstacle(
            "quote.wrong_state",
            obstacles.Severity.REFUSAL,
            text.T(
                "Le devis {reference} est « {state} » ; il ne peut pas devenir « {wanted} ».",
                reference=reference,
                state=text.T(NAMES_FR[state]),
                wanted=text.T(NAMES_FR[wanted]),
            ),
            text.T("Rechargez la page pour voir où il en est ; une nouvelle version se fait depuis ce devis."),
        ),
    ]


def editing_obstacles(*, reference: str, state: str) -> list[obstacles.Obstacle]:
    """Return why a quote cannot be edited: it was sent, or it is over."""
    if state == IN_PROGRESS:
        return []
    return [
        obstacles.Obstacle(
            "quote.not_editable",
            obstacles.Severity.REFUSAL,
            text.T("Le devis {reference} est « {state} » : il ne se modifie plus.", reference=reference, state=text.T(NAMES_FR[state])),
            text.T("Faites-en une nouvelle version : elle reprend toutes ses lignes."),
        ),
    ]


def open_obstacles(*, reference: str, state: str) -> list[obstacles.Obstacle]:
    """Return why a quote has no link for its customer: it was not sent, or it is decided."""
    if state == APPROVED:
        return []
    return [
        obstacles.Obstacle(
            "quote.not_open",
            obstacles.Severity.REFUSAL,
            text.T(
                "Le devis {reference} est « {state} » : il n’a pas de lien à donner.", reference=reference, state=text.T(NAMES_FR[state])
            ),
            text.T("Envoyez d’abord le devis, ou faites-en une nouvelle version."),
        ),
    ]


def link_expires_at(*, valid_until: dt.date) -> dt.datetime:
    """Return the instant at which the customer's link stops: the end of the offer's last day."""
    return period.day_start(valid_until + dt.timedelta(days=1))


def sending_obstacles(*, line_count: int, issue_count: int) -> list[obstacles.Obstacle]:
    """Return why a quote cannot be sent: no line, or lines to correct."""
    if not line_count:
        return [
            obstacles.Obstacle(
                "quote.no_line",
                obstacles.Severity.REFUSAL,
                text.T("Le devis n’a pas de ligne."),
                text.T("Collez un tableau, ou ajoutez une ligne."),
            ),
        ]
    if issue_count:
        return [
            obstacles.Obstacle(
                "quote.lines_to_correct",
                obstacles.Severity.REFUSAL,
                text.T("{count} ligne(s) sont à corriger avant l’envoi.", count=issue_count),
                text.T("Affichez « lignes à corriger » : chaque cellule en cause dit pourquoi. Vous pouvez aussi les retirer."),
            ),
        ]
    return []


def new_version_obstacles(*, reference: str, state: str) -> list[obstacles.Obstacle]:
    """Return why no new version can be made of a quote: it is a draft still, or it was accepted."""
    if state in {APPROVED, REJECTED, CANCELLED}:
        return []
    return [
        obstacles.Obstacle(
            "quote.no_new_version",
            obstacles.Severity.REFUSAL,
            text.T(
                "Le devis {reference} est « {state} » : il n’en faut pas de nouvelle version.",
                reference=reference,
                state=text.T(NAMES_FR[state]),
            ),
            text.T("Modifiez le brouillon, ou changez le parc par une commande."),
        ),
    ]


def stale_obstacles(change: records.PriceChange) -> list[obstacles.Obstacle]:
    """Return why a draft cannot leave at its prices: they are no longer those of the day."""
    if not change.monthly_difference and not change.one_off_difference:
        return []
    return [
        obstacles.Obstacle(
            "quote.prices_changed",
            obstacles.Severity.REFUSAL,
            text.T(
                "Les prix ont changé depuis ce brouillon : {monthly} par mois et {once} une fois, aux prix du {day}.",
                monthly=_signed(change.monthly_difference),
                once=_signed(change.one_off_difference),
                day=formatting.day(change.day),
            ),
            text.T("Actualisez les prix, vérifiez les lignes, puis envoyez."),
        ),
    ]


def consent_obstacles(*, has_agreed: bool, is_same_document: bool) -> list[obstacles.Obstacle]:
    """Return why a person's acceptance cannot be taken: the box is not ticked, or another document was shown."""
    found: list[obstacles.Obstacle] = []
    if not has_agreed:
        found.append(
            obstacles.Obstacle(
                "quote.not_agreed",
                obstacles.Severity.REFUSAL,
                text.T("L’accord n’est pas coché."),
                text.T("Cochez la case si vous acceptez le devis et ses conditions."),
                "has_agreed",
            ),
        )
    if not is_same_document:
        found.append(
            obstacles.Obstacle(
                "quote.other_document",
                obstacles.Severity.REFUSAL,
                text.T("Le document affiché n’est plus celui du devis."),
                text.T("Rechargez la page, relisez le document, puis acceptez."),
            ),
        )
    return found


def acceptance_obstacles(*, valid_until: dt.date, day: dt.date, signatory_name: str) -> list[obstacles.Obstacle]:
    """Return why a quote cannot be accepted on a day: expired, or nobody named."""
    found: list[obstacles.Obstacle] = []
    if day > valid_until:
        found.append(
            obstacles.Obstacle(
                "quote.expired",
                obstacles.Severity.REFUSAL,
                text.T("Ce devis était valable jusqu’au {day}.", day=formatting.day(valid_until)),
                text.T("Demandez une nouvelle version : elle reprend les lignes aux prix du jour."),
                "valid_until",
            ),
        )
    return found + signatory_obstacles(signatory_name)


def signatory_obstacles(name: str) -> list[obstacles.Obstacle]:
    """Return why nobody accepts: the name is missing."""
    if name.strip():
        return []
    return [
        obstacles.Obstacle(
            "quote.no_signatory",
            obstacles.Severity.REFUSAL,
            text.T("Le nom du signataire manque."),
            text.T("Écrivez les nom et prénom de la personne qui accepte."),
            "signatory_name",
        ),
    ]


def alternative_obstacles(*, letters: Collection[str], chosen: str) -> list[obstacles.Obstacle]:
    """Return why an acceptance does not say which offer it accepts."""
    if (not letters and not chosen) or chosen in letters:
        return []
    return [
        obstacles.Obstacle(
            "quote.choose_alternative",
            obstacles.Severity.REFUSAL,
            text.T("Ce devis propose plusieurs offres : aucune n’est choisie."),
            text.T("Choisissez l’offre que le client accepte."),
            "alternative",
        ),
    ]


def validity_obstacles(change: records.PriceChange) -> list[obstacles.Obstacle]:
    """Return why what was quoted no longer holds, each with what changes in euros: a withdrawn offer, an agreement that ended."""
    found: list[obstacles.Obstacle] = []
    if change.withdrawn:
        found.append(
            obstacles.Obstacle(
                "quote.offering_withdrawn",
                obstacles.Severity.REFUSAL,
                text.T(
                    "Ces offres ne sont plus vendues le {day} : {names}.", day=formatting.day(change.day), names=", ".join(change.withdrawn)
                ),
                text.T("Faites une nouvelle version avec les offres qui les remplacent."),
            ),
        )
    if change.is_agreement_over:
        found.append(
            obstacles.Obstacle(
                "quote.agreement_over",
                obstacles.Severity.REFUSAL,
                text.T(
                    "L’accord-cadre n’est plus en vigueur le {day} : aux prix du jour, ce devis change de {monthly} par mois"
                    " et de {once} une fois.",
                    day=formatting.day(change.day),
                    monthly=_signed(change.monthly_difference),
                    once=_signed(change.one_off_difference),
                ),
                text.T("Faites une nouvelle version : le client voit les nouveaux prix avant de s’engager."),
            ),
        )
    return found


def _signed(amount: Decimal) -> str:
    written = formatting.money(amount)
    return f"+{written}" if amount > 0 else written


def default_valid_until(*, day: dt.date, agreement_end: dt.date | None) -> dt.date:
    """Return the last day on which a new quote holds: a month, never past the agreement that makes its prices."""
    end = day + dt.timedelta(days=VALID_DAYS)
    return min(end, agreement_end - dt.timedelta(days=1)) if agreement_end is not None else end


def valid_until_obstacles(*, valid_until: dt.date, day: dt.date, agreement_end: dt.date | None) -> list[obstacles.Obstacle]:
    """Return why a quote cannot hold until that day."""
    path = "valid_until"
    if valid_until < day:
        message = text.T("La date de validité {day} est passée.", day=formatting.day(valid_until))
        return [obstacles.Obstacle("quote.validity_past", obstacles.Severity.REFUSAL, message, text.T("Choisissez un jour à venir."), path)]
    if valid_until > day + dt.timedelta(days=MAXIMUM_VALID_DAYS):
        message = text.T("Un devis vaut au plus {days} jours.", days=MAXIMUM_VALID_DAYS)
        return [
            obstacles.Obstacle("quote.validity_long", obstacles.Severity.REFUSAL, message, text.T("Choisissez un jour plus proche."), path)
        ]
    if agreement_end is not None and valid_until >= agreement_end:
        message = text.T("L’accord-cadre finit le {day} : le devis ne peut pas valoir au-delà.", day=formatting.day(agreement_end))
        return [
            obstacles.Obstacle(
                "quote.validity_agreement", obstacles.Severity.REFUSAL, message, text.T("Choisissez un jour antérieur."), path
            )
        ]
    return []
