"""Pure decisions about companies and accounts."""

from __future__ import annotations

import dataclasses

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
                text.T("Donnez le nom sous lequel vous connaissez ce client."),
                "name",
            ),
        )
    return found


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
    if account.payment_term_days > 60:
        late = text.T("Le délai de paiement dépasse 60 jours (C. com. L441-10).")
        found.append(_account("payment_term_days", late, text.T("Choisissez 60 jours au plus.")))
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


def vat_territory(postcode: str) -> str:
    """Return the VAT territory of a French postcode: FR, DROM (8.5 %), GF_YT (not applicable)."""
    if postcode.startswith(_OVERSEAS_REDUCED):
        return "DROM"
    return "GF_YT" if postcode.startswith(_OVERSEAS_NOT_APPLICABLE) else "FR"
