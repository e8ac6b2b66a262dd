"""Anticipated refusals about people and agencies."""

from __future__ import annotations

from come.shared import obstacles, text


def _refusal(code: str, message: text.T, next_step: text.T, path: str) -> obstacles.Obstacle:
    return obstacles.Obstacle(f"staff.{code}", obstacles.Severity.REFUSAL, message, next_step, path)


def login_taken(login: str) -> obstacles.Obstacle:
    """Return the obstacle of a login that somebody has."""
    return _refusal(
        "login_taken",
        text.T("L’identifiant « {login} » est déjà pris.", login=login),
        text.T("Ajoutez une initiale ou un chiffre."),
        "login",
    )


def login_malformed(login: str) -> obstacles.Obstacle:
    """Return the obstacle of a login that is not lower-case letters, digits, dots and dashes."""
    return _refusal(
        "login_malformed",
        text.T("L’identifiant « {login} » contient autre chose que des lettres minuscules, chiffres, points et tirets.", login=login),
        text.T("Écrivez-le par exemple « prenom.nom »."),
        "login",
    )


def name_missing() -> obstacles.Obstacle:
    """Return the obstacle of a person without a name."""
    return _refusal("name_missing", text.T("Le nom est vide."), text.T("Donnez le prénom et le nom."), "display_name")


def unknown_role(role: str) -> obstacles.Obstacle:
    """Return the obstacle of a role that does not exist."""
    return _refusal(
        "unknown_role", text.T("Le rôle « {role} » n’existe pas.", role=role), text.T("Choisissez un rôle de la liste."), "roles"
    )


def role_missing() -> obstacles.Obstacle:
    """Return the obstacle of a person without any role."""
    return _refusal("role_missing", text.T("Aucun rôle n’est choisi."), text.T("Choisissez au moins un rôle."), "roles")


def agency_missing() -> obstacles.Obstacle:
    """Return the obstacle of a role bound to agencies, without any agency."""
    return _refusal(
        "agency_missing",
        text.T("Ce rôle ne voit que ses agences, et aucune n’est choisie."),
        text.T("Choisissez au moins une agence."),
        "agencies",
    )


def unknown_agency() -> obstacles.Obstacle:
    """Return the obstacle of an agency that does not exist."""
    return _refusal("unknown_agency", text.T("Cette agence n’existe pas."), text.T("Choisissez une agence de la liste."), "agencies")


def agency_incomplete() -> obstacles.Obstacle:
    """Return the obstacle of an agency without a code or a name."""
    return _refusal(
        "agency_incomplete",
        text.T("L’agence n’a pas de code ou pas de nom."),
        text.T("Donnez un code court, par exemple « LYON », et un nom."),
        "code",
    )


def wrong_password() -> obstacles.Obstacle:
    """Return the obstacle of a present password that is not the right one."""
    return _refusal(
        "wrong_password",
        text.T("Le mot de passe actuel n’est pas le bon."),
        text.T("Saisissez-le de nouveau ; si vous l’avez oublié, demandez-en un nouveau à l’administration."),
        "current",
    )


def weak_password(reason: str) -> obstacles.Obstacle:
    """Return the obstacle of a password that the rules refuse."""
    return _refusal(
        "weak_password",
        text.T("Ce mot de passe est refusé : {reason}", reason=reason),
        text.T("Choisissez au moins 12 caractères, par exemple quatre mots sans rapport."),
        "new",
    )


def own_account() -> obstacles.Obstacle:
    """Return the obstacle of a person who would lock themselves out."""
    return _refusal(
        "own_account",
        text.T("On ne désactive pas son propre compte."),
        text.T("Demandez-le à une autre personne de l’administration."),
        "",
    )


def token_name_missing() -> obstacles.Obstacle:
    """Return the obstacle of a key without a name."""
    return _refusal(
        "token_name_missing",
        text.T("La clé n’a pas de nom."),
        text.T("Donnez-lui le nom du système qui l’utilisera."),
        "name",
    )
