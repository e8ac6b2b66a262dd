"""Who may do what: one table from role to permissions, asked by screens, commands and the API alike."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator

from come.shared import actor as actors, obstacles, text
from come.staff import errors

SELLER = "seller"
ASSISTANT = "assistant"
MANAGER = "manager"
SUPPORT = "support"
BILLING_OPERATOR = "billing_operator"
PRICING_MANAGER = "pricing_manager"
DATA_STEWARD = "data_steward"
ADMINISTRATOR = "administrator"
API_CLIENT = "api_client"
SYSTEM = "system"

ROLE_NAMES_FR = {
    SELLER: text.noop("Vente"),
    ASSISTANT: text.noop("Assistance commerciale"),
    MANAGER: text.noop("Responsable d’agence"),
    SUPPORT: text.noop("Soutien"),
    BILLING_OPERATOR: text.noop("Facturation"),
    PRICING_MANAGER: text.noop("Offres et tarifs"),
    DATA_STEWARD: text.noop("Référentiel entreprises"),
    ADMINISTRATOR: text.noop("Administration"),
    API_CLIENT: text.noop("Accès d’un système"),
}

_READING = frozenset(
    {
        "customer.read",
        "quote.read",
        "order.read",
        "inventory.read",
        "catalogue.read",
        "usage.read",
        "billing.read",
        "ticket.read",
        "ticket.write",
        "audit.read",
        "api.read",
    },
)
_SELLING = _READING | {"customer.write", "quote.write", "order.write", "order.repair", "inventory.write", "api.write"}
PERMISSIONS: dict[str, frozenset[str]] = {
    SELLER: _SELLING,
    ASSISTANT: _SELLING,
    MANAGER: _SELLING | {"ticket.handle", "quote.approve", "agreement.write", "staff.read"},
    SUPPORT: _READING | {"ticket.handle", "order.write", "order.repair", "inventory.write", "usage.write", "staff.read"},
    BILLING_OPERATOR: _READING | {"usage.write", "billing.run", "billing.approve"},
    PRICING_MANAGER: _READING | {"catalogue.write", "catalogue.publish", "agreement.write", "quote.approve", "staff.read"},
    DATA_STEWARD: _READING | {"customer.write"},
    ADMINISTRATOR: frozenset({"staff.read", "staff.write", "audit.read", "catalogue.read", "ticket.read", "ticket.write"}),
    API_CLIENT: _SELLING | {"api.read", "api.write", "catalogue.write", "usage.write"},
}
# These work for the whole operator; the others see the agencies that they belong to.
_EVERY_AGENCY = frozenset({SUPPORT, BILLING_OPERATOR, PRICING_MANAGER, DATA_STEWARD, ADMINISTRATOR, SYSTEM})


_ACTS_FR = {
    "customer.read": text.noop("consulter les clients"),
    "customer.write": text.noop("créer ou modifier un client"),
    "quote.read": text.noop("consulter les devis"),
    "quote.write": text.noop("établir un devis"),
    "quote.approve": text.noop("approuver une remise"),
    "order.read": text.noop("consulter les commandes"),
    "order.write": text.noop("passer ou modifier une commande"),
    "order.repair": text.noop("relancer une commande bloquée"),
    "inventory.read": text.noop("consulter les parcs"),
    "inventory.write": text.noop("agir sur les lignes d’un parc"),
    "catalogue.read": text.noop("consulter le catalogue"),
    "catalogue.write": text.noop("modifier le catalogue"),
    "catalogue.publish": text.noop("publier le catalogue"),
    "agreement.write": text.noop("négocier un accord"),
    "usage.read": text.noop("consulter les consommations"),
    "usage.write": text.noop("intégrer des consommations"),
    "billing.read": text.noop("consulter les factures"),
    "billing.run": text.noop("lancer la facturation"),
    "billing.approve": text.noop("approuver une facturation"),
    "ticket.read": text.noop("consulter les incidents"),
    "ticket.write": text.noop("signaler un incident"),
    "ticket.handle": text.noop("traiter un incident"),
    "staff.read": text.noop("consulter l’équipe"),
    "staff.write": text.noop("gérer les comptes et les agences"),
    "audit.read": text.noop("consulter le journal"),
    "api.read": text.noop("lire par l’API"),
    "api.write": text.noop("écrire par l’API"),
}
_LOGIN = re.compile(r"[a-z0-9][a-z0-9.\-]{1,59}")


def can(actor: actors.Actor, permission: str) -> bool:
    """Tell whether one of the person's roles gives the permission; the system has all."""
    return SYSTEM in actor.roles or any(permission in PERMISSIONS.get(role, ()) for role in actor.roles)


def require(actor: actors.Actor, permission: str) -> None:
    """Raise NotAllowed unless the person has the permission."""
    if can(actor, permission):
        return
    raise obstacles.NotAllowed(
        obstacles.Obstacle(
            "staff.not_allowed",
            obstacles.Severity.REFUSAL,
            text.T("Votre rôle ne permet pas de faire cela : {act}.", act=text.T(_ACTS_FR.get(permission, permission))),
            text.T("Demandez-le à une personne qui en a le droit, ou à votre responsable."),
        ),
    )


def sees_all_agencies(roles: Iterable[str]) -> bool:
    """Tell whether one of the roles works for every agency."""
    return not _EVERY_AGENCY.isdisjoint(roles)


def can_see(actor: actors.Actor, agency_id: uuid.UUID | None) -> bool:
    """Tell whether the person sees what this agency owns."""
    return actor.sees_all_agencies or agency_id in actor.agency_ids


def require_agency(actor: actors.Actor, agency_id: uuid.UUID | None, what: str = "Ce dossier") -> None:
    """Raise NotAllowed when the thing belongs to an agency that the person does not see."""
    if can_see(actor, agency_id):
        return
    raise obstacles.NotAllowed(
        obstacles.Obstacle(
            "staff.other_agency",
            obstacles.Severity.REFUSAL,
            text.T("{what} est suivi par une autre agence.", what=what),
            text.T("Demandez la visibilité au responsable de cette agence."),
        ),
    )


def visible_agency_ids(actor: actors.Actor) -> frozenset[uuid.UUID] | None:
    """Return the agencies to filter by, or None when everything is visible."""
    return None if actor.sees_all_agencies else actor.agency_ids


def member_obstacles(*, login: str, display_name: str, roles: Iterable[str], agency_count: int) -> Iterator[obstacles.Obstacle]:
    """Return everything that is wrong with a person's record, apart from what only the tables know."""
    chosen = list(roles)
    if not _LOGIN.fullmatch(login):
        yield errors.login_malformed(login)
    if not display_name.strip():
        yield errors.name_missing()
    if not chosen:
        yield errors.role_missing()
    yield from (errors.unknown_role(role) for role in chosen if role not in ROLE_NAMES_FR)
    if chosen and not agency_count and not sees_all_agencies(chosen):
        yield errors.agency_missing()


def agency_obstacles(*, code: str, name: str) -> Iterator[obstacles.Obstacle]:
    """Return what is wrong with an agency's record."""
    if not code.strip() or not name.strip():
        yield errors.agency_incomplete()
