"""The shapes of what is negotiated: clauses, commitments, the templates of agreements."""

from __future__ import annotations

import enum

from come.catalogue import formulas, records
from come.catalogue.files import fields
from come.catalogue.files.shapes import Field, Shape
from come.catalogue.files.values import KINDS, PRICE_TYPES, SCOPES, SERVICES
from come.shared.text import noop


def _words(kinds: type[enum.StrEnum]) -> tuple[str, ...]:
    return tuple(item.value for item in kinds)


CLAUSE = Shape(
    noop("clause"),
    records.ClauseRecord,
    (
        Field("number", "text", noop("le numéro de la clause"), is_required=True),
        Field(
            "kind",
            "choice",
            noop("montant, pourcentage, formule ou quantité incluse"),
            is_required=True,
            choices=_words(records.ClauseKind),
        ),
        Field(
            "target_kind",
            "choice",
            noop("ce que vise la clause"),
            is_required=True,
            choices=_words(records.ClauseTarget),
        ),
        Field("text_fr", "text", noop("la phrase citée sur les devis et les factures"), is_required=True),
        Field("offering_code", "code", noop("l’offre visée")),
        Field("price_code", "code", noop("le prix visé")),
        Field("price_type", "choice", noop("les prix visés"), choices=PRICE_TYPES),
        Field("offering_kind", "choice", noop("la sorte d’offres visée"), choices=KINDS),
        Field("tariff_code", "code", noop("le tarif visé ; absent = tous")),
        Field("service", "choice", noop("le service visé"), choices=SERVICES),
        Field("zone_code", "code", noop("la zone visée : appelée, ou visitée")),
        Field("origin_zone_code", "code", noop("la zone d’où l’on appelle, avec une zone appelée ; absent = toutes")),
        Field("amount", "decimal", noop("le montant négocié hors taxes")),
        Field("percentage", "decimal", noop("la réduction en points")),
        Field("minimum_quantity", "integer", noop("le nombre à partir duquel la clause vaut")),
        fields.MAYBE_FROM,
        fields.TO,
        Field("formula", "text", noop("la formule sur « liste » et « quantite »"), longest=formulas.LONGEST),
        Field("allowance_code", "code", noop("le volume inclus visé")),
        Field("allowance_quantity", "integer", noop("la quantité incluse par mois, dans l’unité du volume"), largest=fields.BIG),
        Field("allowance_scope", "choice", noop("son partage ; absent = celui du catalogue"), choices=SCOPES),
    ),
)
COMMITMENT = Shape(
    noop("engagement de volume"),
    records.CommitmentRecord,
    (
        Field("number", "text", noop("le numéro de l’engagement"), is_required=True, longest=20),
        Field("kind", "choice", noop("des lignes, ou des euros facturés"), is_required=True, choices=_words(records.CommitmentKind)),
        Field("target_kind", "choice", noop("ce qui compte"), default="all", choices=_words(records.CommitmentTarget)),
        Field("period", "choice", noop("la période mesurée"), is_required=True, choices=_words(records.CommitmentPeriod)),
        Field("minimum", "decimal", noop("le nombre de lignes, ou les euros hors taxes, à atteindre"), is_required=True),
        Field("shortfall_rule", "choice", noop("ce qui est dû sinon"), is_required=True, choices=_words(records.ShortfallRule)),
        Field("text_fr", "text", noop("la phrase citée sur les devis et les factures"), is_required=True),
        Field("offering_kind", "choice", noop("la sorte d’offres qui compte"), choices=KINDS),
        Field("offering_code", "code", noop("l’offre qui compte")),
        Field("unit_amount", "decimal", noop("ce que coûte une ligne manquante, hors taxes")),
        Field("percentage", "decimal", noop("la part due de ce qui manque, en points")),
        fields.MAYBE_FROM,
        fields.TO,
    ),
)
AGREEMENT_TEMPLATE = Shape(
    noop("modèle d’accord-cadre"),
    records.AgreementTemplateRecord,
    (
        fields.CODE,
        fields.NAME,
        Field("description_fr", "text", noop("la description"), default=""),
        Field("duration_months", "integer", noop("la durée en mois"), is_required=True),
        Field("clauses", "objects", noop("les clauses"), is_required=True, shape=CLAUSE),
        Field("commitments", "objects", noop("les engagements de volume ou de chiffre d’affaires"), default=(), shape=COMMITMENT),
    ),
)
