"""Pure decisions about companies and accounts."""

from __future__ import annotations

import dataclasses
import re

from come.party import records
from come.shared import identifiers, obstacles, text

SEGMENTS = ("pro", "pme", "enterprise", "public")
SEGMENT_NAMES_FR = {
    "pro": text.noop("Professionnel"),
    "pme": text.noop("PME"),
    "enterprise": text.noop("Grand compte"),
    "public": text.noop("Secteur public"),
}
STATE_NAMES_FR = {"prospect": text.noop("Prospect"), "active": text.noop("Client"), "closed": text.noop("Fermé")}
_PUBLIC_FORMS = frozenset(
    {
        "Commune", "Département", "Région", "Métropole", "Communauté de communes", "Communauté d’agglomération", "Syndicat mixte",
        "Établissement d’hospitalisation", "Établissement public administratif", "Autorité administrative", "Organisme consulaire",
    },
)  # fmt: skip
_SMALL_FORMS = frozenset({"Entrepreneur individuel", "EURL", "SASU"})
PAYMENT_MEANS = ("direct_debit", "transfer")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_OVERSEAS_REDUCED = ("971", "972", "974")
_OVERSEAS_NOT_APPLICABLE = ("973", "976")


def creation_obstacles(*, segment: str, name: str, known: records.CustomerFileRecord | None, sees_known: bool) -> list[obstacles.Obstacle]:
    """Return what forbids opening a file: an open one of the same establishment and perimeter, a wrong segment, no name.

    A file of another agency is said to exist and with whom; nothing of it is told.
    """
    found: list[obstacles.Obstacle] = []
    if known is not None and sees_known:
        found.append(
            obstacles.Obstacle(
                "party.file_exists",
                obstacles.Severity.REFUSAL,
                text.T("Cet établissement a déjà un dossier : {reference}, {name}.", reference=known.reference, name=known.name),
                text.T("Ouvrez ce dossier, ou donnez un périmètre à celui que vous créez (site, service, délégation)."),
                "siret",
            ),
        )
    elif known is not None:
        found.append(
            obstacles.Obstacle(
                "party.file_exists_elsewhere",
                obstacles.Severity.REFUSAL,
                text.T("Cet établissement est déjà suivi par {agency}.", agency=known.agency_name),
                text.T("Demandez la visibilité au responsable de cette agence, ou donnez un périmètre au dossier que vous créez."),
                "siret",
            ),
        )
    if segment not in SEGMENTS:
        found.append(
            obstacles.Obstacle(
                "party.unknown_segment",
                obstacles.Severity.REFUSAL,
                text.T("Le segment « {segment} » n’existe pas.", segment=segment),
                text.T("Choisissez : {segments}.", segments=", ".join(SEGMENTS)),
                "segment",
            ),
        )
    if not name.strip():
        found.append(
            obstacles.Obstacle(
                "party.no_name",
                obstacles.Severity.REFUSAL,
                text.T("Le dossier n’a pas de nom."),
                text.T("Donnez le nom sous lequel vous connaissez ce client : le registre n’en publie pas toujours."),
                "name",
            ),
        )
    return found


def place_obstacles(*, siret: str, is_open: bool, is_unit_open: bool) -> list[obstacles.Obstacle]:
    """Return what forbids opening a file on an establishment: the registry says it, or its company, closed."""
    if is_open and is_unit_open:
        return []
    closed = text.T("Le registre dit l’établissement {siret} fermé.", siret=siret)
    if not is_unit_open:
        closed = text.T("Le registre dit l’entreprise {siren} cessée.", siren=siret[:9])
    step = text.T("Prenez un établissement ouvert de ce client, ou créez un dossier provisoire si le registre est en retard.")
    return [obstacles.Obstacle("party.closed", obstacles.Severity.REFUSAL, closed, step, "siret")]


def account_obstacles(account: records.AccountRow) -> list[obstacles.Obstacle]:
    """Return what is wrong with an account: an invalid IBAN, a direct debit without IBAN or mandate, a term beyond the law."""
    found: list[obstacles.Obstacle] = []
    if account.iban:
        try:
            identifiers.check_iban(account.iban)
        except identifiers.InvalidIdentifier as wrong:
            found.append(_account("iban", wrong.reason, text.T("Recopiez l’IBAN depuis le RIB du client.")))
    if account.payment_means == "direct_debit" and not (account.iban and account.mandate_reference):
        missing = text.T("Un prélèvement demande un IBAN et une référence de mandat.")
        found.append(_account("mandate_reference", missing, text.T("Complétez-les, ou choisissez le virement.")))
    if account.payment_means not in PAYMENT_MEANS:
        wrong_means = text.T("Le moyen de paiement « {means} » n’existe pas.", means=account.payment_means)
        found.append(_account("payment_means", wrong_means, text.T("Choisissez le prélèvement ou le virement.")))
    if not account.name.strip():
        found.append(_account("name", text.T("Le compte n’a pas de nom."), text.T("Donnez-lui le nom du client, du site ou du service.")))
    if account.email and not _EMAIL.fullmatch(account.email):
        wrong_mail = text.T("« {email} » n’est pas une adresse e-mail.", email=account.email)
        found.append(_account("email", wrong_mail, text.T("Corrigez l’adresse, ou laissez-la vide.")))
    if account.payment_term_days > 60:
        late = text.T("Le délai de paiement dépasse 60 jours (C. com. L441-10).")
        found.append(_account("payment_term_days", late, text.T("Choisissez 60 jours au plus.")))
    return found


def contact_obstacles(*, name: str, phone: str, email: str) -> list[obstacles.Obstacle]:
    """Return what is wrong with a person to add: no name, a phone number or an e-mail address that cannot be."""
    found: list[obstacles.Obstacle] = []
    if not name.strip():
        step = text.T("Donnez le nom de la personne, ou celui du service.")
        found.append(
            obstacles.Obstacle("party.contact_name", obstacles.Severity.REFUSAL, text.T("Le contact n’a pas de nom."), step, "name")
        )
    if phone:
        try:
            identifiers.check_phone(phone)
        except identifiers.InvalidIdentifier as wrong:
            step = text.T("Corrigez le numéro, ou laissez-le vide.")
            found.append(obstacles.Obstacle("party.contact_phone", obstacles.Severity.REFUSAL, wrong.reason, step, "phone"))
    if email and not _EMAIL.fullmatch(email.strip()):
        wrong_mail = text.T("« {email} » n’est pas une adresse e-mail.", email=email.strip())
        step = text.T("Corrigez l’adresse, ou laissez-la vide.")
        found.append(obstacles.Obstacle("party.contact_email", obstacles.Severity.REFUSAL, wrong_mail, step, "email"))
    return found


def _account(path: str, message: text.T, next_step: text.T) -> obstacles.Obstacle:
    return obstacles.Obstacle(f"party.account_{path}", obstacles.Severity.REFUSAL, message, next_step, path)


def row_obstacles(row: records.CompanyRow, path: str) -> list[obstacles.Obstacle]:
    """Return what is wrong with a company to load, identifiers first."""
    found: list[obstacles.Obstacle] = []
    try:
        identifiers.check_siren(row.siren)
    except identifiers.InvalidIdentifier as wrong:
        found.append(obstacles.Obstacle("party.siren", obstacles.Severity.REFUSAL, wrong.reason, path=f"{path}/siren"))
    for number, place in enumerate(row.establishments):
        where = f"{path}/establishments/{number}/siret"
        try:
            identifiers.check_siret(place.siret)
        except identifiers.InvalidIdentifier as wrong:
            found.append(obstacles.Obstacle("party.siret", obstacles.Severity.REFUSAL, wrong.reason, path=where))
            continue
        if not place.siret.startswith(row.siren):
            message = text.T("Le SIRET {siret} n’appartient pas au SIREN {siren}.", siret=place.siret, siren=row.siren)
            found.append(obstacles.Obstacle("party.siret_of_other", obstacles.Severity.REFUSAL, message, path=where))
    if sum(place.is_head_office for place in row.establishments) != 1:
        message = text.T("L’entreprise {siren} doit avoir un siège, et un seul.", siren=row.siren)
        found.append(obstacles.Obstacle("party.head_office", obstacles.Severity.REFUSAL, message, path=path))
    for number, account in enumerate(row.accounts):
        where = f"{path}/accounts/{number}"
        found += [dataclasses.replace(obstacle, path=f"{where}/{obstacle.path}") for obstacle in account_obstacles(account)]
    return found


def suggested_segment(*, legal_form: str, size_category: str) -> str:
    """Return the segment that a company's form and size suggest; the seller decides."""
    if legal_form in _PUBLIC_FORMS:
        return "public"
    if size_category in {"ETI", "GE"}:
        return "enterprise"
    return "pro" if legal_form in _SMALL_FORMS else "pme"


def vat_territory(postcode: str) -> str:
    """Return the VAT territory of a French postcode: FR, DROM (8.5 %), GF_YT (not applicable)."""
    if postcode.startswith(_OVERSEAS_REDUCED):
        return "DROM"
    return "GF_YT" if postcode.startswith(_OVERSEAS_NOT_APPLICABLE) else "FR"
