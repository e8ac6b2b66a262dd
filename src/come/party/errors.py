"""Refusals that the party commands and queries share: codes, French sentences, next steps."""

from __future__ import annotations

from come.party import records
from come.shared import obstacles, text


def bad_identifier(reason: str, path: str) -> obstacles.Refusal:
    """Return the refusal of an identifier that cannot be right."""
    step = text.T("Recopiez-le depuis un document du client.")
    return obstacles.Refusal(obstacles.Obstacle(f"party.{path}", obstacles.Severity.REFUSAL, reason, step, path))


def unknown_siret(siret: str) -> obstacles.Refusal:
    """Return the refusal of an establishment that the registry does not know."""
    return obstacles.Refusal(
        obstacles.Obstacle(
            "party.unknown_siret",
            obstacles.Severity.REFUSAL,
            text.T("Le registre national ne connaît pas le SIRET {siret}.", siret=siret),
            text.T("Vérifiez-le sur l’extrait du client ; sinon, créez un dossier provisoire : la vente n’attend pas."),
            "siret",
        ),
    )


def unknown_siren(siren: str) -> obstacles.Refusal:
    """Return the refusal of a company that the registry does not know."""
    return obstacles.Refusal(
        obstacles.Obstacle(
            "party.unknown_siren",
            obstacles.Severity.REFUSAL,
            text.T("Le registre national ne connaît pas le SIREN {siren}.", siren=siren),
            text.T("Vérifiez-le ; sinon, enregistrez l’entreprise par son nom, sans SIREN."),
            "siren",
        ),
    )


def no_identity() -> obstacles.Refusal:
    """Return the refusal of a company without SIREN and without name."""
    return obstacles.Refusal(
        obstacles.Obstacle(
            "party.no_identity",
            obstacles.Severity.REFUSAL,
            text.T("Il faut un SIREN ou un nom."),
            text.T("Donnez le SIREN de préférence : le registre fournit le reste."),
            "name",
        ),
    )


def other_agency(reference: str, agency_name: str) -> obstacles.NotAllowed:
    """Return the refusal of a file that another agency follows: that it exists and with whom, nothing of it."""
    return obstacles.NotAllowed(
        obstacles.Obstacle(
            "staff.other_agency",
            obstacles.Severity.REFUSAL,
            text.T("Le dossier {reference} existe ; il est suivi par {agency}.", reference=reference, agency=agency_name),
            text.T("Demandez la visibilité au responsable de cette agence."),
        ),
    )


def looks_like(found: records.Candidate) -> obstacles.Obstacle:
    """Return the question that a look-alike asks; it is confirmed by saying why the companies differ."""
    reasons = " ; ".join(found.reasons)
    if found.is_visible:
        return obstacles.Obstacle(
            "party.looks_like",
            obstacles.Severity.WARNING,
            text.T(
                "{name} ({reference}) lui ressemble : {reasons}.", name=found.name, reference=found.customer_file_reference, reasons=reasons
            ),
            text.T("Ouvrez ce dossier, ou dites pourquoi c’est une autre société."),
            "name",
        )
    return obstacles.Obstacle(
        "party.looks_like_elsewhere",
        obstacles.Severity.WARNING,
        text.T("Un dossier suivi par {agency} lui ressemble : {reasons}.", agency=found.agency_name, reasons=reasons),
        text.T("Demandez la visibilité au responsable de cette agence, ou dites pourquoi c’est une autre société."),
        "name",
    )
