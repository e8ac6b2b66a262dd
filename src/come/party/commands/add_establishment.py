"""Know one more place of a customer."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from come.party import events, models, queries
from come.party.commands import _companies
from come.shared import actor as actors, eventlog, events as facts, obstacles, text
from come.staff import policies as rights


@transaction.atomic
def add_establishment(*, customer_file_id: uuid.UUID, siret: str, actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Take one more establishment of the customer's company from the registry; return the one that is known already.

    Raises Refusal when the SIRET is wrong, unknown, or of another company. Records EstablishmentAdded.
    """
    rights.require(actor, "customer.write")
    customer = queries.customer_file(customer_file_id=customer_file_id, viewer=actor)
    checked = _companies.checked_siret(siret)
    if checked[:9] != customer.siren:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "party.siret_of_other",
                obstacles.Severity.REFUSAL,
                text.T("Le SIRET {siret} n’est pas de cette entreprise (SIREN {siren}).", siret=checked, siren=customer.siren or "—"),
                text.T("Ouvrez un dossier pour l’autre entreprise, ou corrigez le numéro."),
                "siret",
            ),
        )
    _companies.wait_for_turn(checked[:9])
    known = models.Establishment.objects.filter(siret=checked).values_list("id", flat=True).first()
    if known is not None:
        return known
    place = _companies.establishment(checked, at)
    eventlog.record(
        event=events.EstablishmentAdded(establishment_id=place.id, customer_file_id=customer_file_id, siret=checked),
        actor=actor,
        at=at,
        subjects=[facts.subject("company", customer_file_id), facts.subject("legal_unit", place.legal_unit_id)],
        after={"siret": checked, "city": place.city},
    )
    return place.id
