"""How facts and their fields are said in French; an unknown one is shown by its own name."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _, gettext_noop

# Fact -> sentence and tone.
_TITLES: dict[str, tuple[str, str]] = {
    "AgencyCreated": (gettext_noop("Agence créée"), "done"),
    "StaffMemberCreated": (gettext_noop("Compte créé"), "done"),
    "StaffMemberChanged": (gettext_noop("Compte modifié"), "progress"),
    "StaffMemberDeactivated": (gettext_noop("Compte désactivé"), "blocked"),
    "StaffMemberReactivated": (gettext_noop("Compte réactivé"), "done"),
    "PasswordChanged": (gettext_noop("Mot de passe changé"), "progress"),
    "ApiTokenIssued": (gettext_noop("Clé d’API délivrée"), "progress"),
    "ApiTokenRevoked": (gettext_noop("Clé d’API révoquée"), "cancelled"),
}
_FIELDS: dict[str, str] = {
    "display_name": gettext_noop("Nom"),
    "name": gettext_noop("Nom"),
    "email": gettext_noop("Courriel"),
    "roles": gettext_noop("Rôles"),
    "agencies": gettext_noop("Agences"),
    "is_active": gettext_noop("Actif"),
    "code": gettext_noop("Code"),
    "city": gettext_noop("Ville"),
    "state": gettext_noop("État"),
    "reference": gettext_noop("Référence"),
    "expires_at": gettext_noop("Expire le"),
}


def title(event_name: str) -> tuple[str, str]:
    """Return the sentence of a fact and its tone."""
    known = _TITLES.get(event_name)
    if known is not None:
        return _(known[0]), known[1]
    return " ".join(re.findall(r"[A-Z][a-z0-9]*", event_name)) or event_name, "neutral"


def field(name: str) -> str:
    """Return the words of a field."""
    known = _FIELDS.get(name)
    return _(known) if known else name.replace("_", " ")
