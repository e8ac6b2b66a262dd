"""Declare who issues invoices, under which legal texts and VAT rules."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.db import transaction

from come.billing import models
from come.billing.policies import taxes
from come.shared import actor as actors, identifiers, obstacles, text
from come.staff import policies as rights

MONTHLY = "mensuel"


@dataclasses.dataclass(frozen=True, slots=True)
class Issuer:
    """The issuing entity's identity; `opening_cycle` ("2026-10") is the first cycle that COME bills."""

    code: str
    name: str
    siren: str
    siret: str
    legal_form_text: str
    register_text: str
    street: str
    postcode: str
    city: str
    contact_name: str
    contact_phone: str
    contact_email: str
    iban: str
    creditor_identifier: str
    number_prefix: str
    opening_cycle: str
    vat_on_debits: bool = True
    country: str = "FR"
    late_indemnity_text: str = (
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 euros (code de commerce, article D441-5)."
    )
    late_penalties_text: str = (
        "En cas de retard, pénalités au taux de trois fois l’intérêt légal, exigibles dès le lendemain de l’échéance, sans rappel "
        "(code de commerce, article L441-10)."
    )
    early_discount_text: str = "Aucun escompte n’est accordé pour paiement anticipé."


def set_up_issuer(*, issuer: Issuer, actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Create or correct the issuing entity, the monthly cycle and the common VAT rules; return the entity's id.

    Already present VAT rules are left as they are. Raises Refusal when an identifier is wrong.
    """
    rights.require(actor, "billing.run")
    obstacles.refuse_if_any(_wrong_identifiers(issuer))
    values = dataclasses.asdict(issuer) | {"vat_number": identifiers.vat_from_siren(issuer.siren), "endpoint_id": issuer.siren}
    code = values.pop("code")
    with transaction.atomic():
        entity, _ = models.IssuingEntity.objects.update_or_create(code=code, defaults=values)
        models.BillCycle.objects.get_or_create(code=MONTHLY, defaults={"name_fr": "Mensuel, mois civil"})
        models.TaxRule.objects.bulk_create(
            [models.TaxRule(**dataclasses.asdict(rule)) for rule in taxes.STANDARD_RULES],
            ignore_conflicts=True,
        )
    return entity.id


def _wrong_identifiers(issuer: Issuer) -> list[obstacles.Obstacle]:
    found = []
    for path, check, value in (
        ("siren", identifiers.check_siren, issuer.siren),
        ("siret", identifiers.check_siret, issuer.siret),
        ("iban", identifiers.check_iban, issuer.iban),
    ):
        try:
            check(value)
        except identifiers.InvalidIdentifier as error:
            found.append(
                obstacles.Obstacle(
                    f"billing.issuer_{path}",
                    obstacles.Severity.REFUSAL,
                    text.T("L’entité émettrice a un identifiant faux ({path}) : {reason}", path=path, reason=error.reason),
                    text.T("Corrigez-le, puis recommencez ; rien n’a été enregistré."),
                    path,
                ),
            )
    return found
