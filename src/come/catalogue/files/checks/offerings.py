"""Each offering on its own: priced, measured, committed as the law and its kind ask."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from decimal import Decimal

from come.catalogue import records
from come.catalogue.files import content, problems
from come.catalogue.files.checks import index
from come.shared import text

WHOLE = Decimal(100)
LEGAL_COMMITMENT_MONTHS = 24
"""Longest commitment of an electronic communications contract (Code de la consommation, L224-28; extended to small firms)."""
_SMALL_SEGMENTS = {"pro", "pme"}
_RECURRING_KINDS = {"plan", "data_plan", "m2m", "pool", "sip_trunk"}
_TARIFF_KINDS = {"plan", "data_plan", "m2m", "sip_trunk"}
_UNPRICED_KINDS = {"bundle", "discount"}


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report what an offering lacks or contradicts."""
    for offering in known.catalogue.offerings:
        yield from _prices(known, offering)
        yield from _instalments(known, offering)
        yield from _allowances(known, offering)
        yield from _terms(known, offering)
        yield from _fleet(known, offering)
        yield from _discounts(known, offering)
    yield from _shared_allowances(known)


def _shared_allowances(known: index.Index) -> Iterator[problems.Problem]:
    """Report one allowance code that means two things: what feeds one allowance is added up."""
    first: dict[str, records.AllowanceRecord] = {}
    for offering in known.catalogue.offerings:
        for allowance in offering.allowances:
            same = first.setdefault(allowance.code, allowance)
            if dataclasses.replace(same, quantity=allowance.quantity) != allowance:
                yield known.problem(
                    allowance,
                    "code",
                    "allowance.conflict",
                    text.T(
                        "Le volume « {code} » est décrit autrement en {place}.",
                        code=allowance.code,
                        place=str(known.reading.mark(same, "code")),
                    ),
                    text.T(
                        "Un même code désigne un même volume (nom, service, partage, zones, priorité) : "
                        "choisissez un autre code, ou la même description.",
                    ),
                )


def _prices(known: index.Index, offering: content.OfferingContent) -> Iterator[problems.Problem]:
    if known.is_incomplete(offering):
        return
    if not offering.prices and offering.kind not in _UNPRICED_KINDS and not offering.is_free:
        yield known.problem(
            offering,
            "",
            "price.missing",
            text.T("L’offre « {code} » n’a aucun prix : un prix absent n’est jamais zéro.", code=offering.code),
            text.T("Ajoutez la liste « prices », ou écrivez « is_free: true » si l’offre est volontairement gratuite."),
        )
    elif offering.kind in _RECURRING_KINDS and not any(price.price_type == "recurring" for price in offering.prices):
        yield known.problem(
            offering,
            "prices",
            "price.missing",
            text.T("L’offre « {code} » ({kind}) n’a pas d’abonnement.", code=offering.code, kind=offering.kind),
            text.T("Ajoutez un prix de nature « recurring »."),
        )
    if offering.kind in _TARIFF_KINDS and offering.tariff is None:
        yield known.problem(
            offering,
            "",
            "price.missing",
            text.T("L’offre « {code} » ({kind}) ne dit pas le prix de ses consommations.", code=offering.code, kind=offering.kind),
            text.T("Ajoutez « tariff » : le code d’un tarif."),
        )


def _instalments(known: index.Index, offering: content.OfferingContent) -> Iterator[problems.Problem]:
    terms = {term.commitment_months for term in offering.terms}
    for price in offering.prices:
        if (price.price_type == "instalment") != (price.instalment_count is not None):
            yield known.problem(
                price,
                "instalment_count",
                "price.instalments",
                text.T(
                    "Le prix « {code} » doit avoir un nombre d’échéances si, et seulement si, il est payé en plusieurs fois.",
                    code=price.code,
                ),
                text.T("Ajoutez « instalment_count » à un prix « instalment », ou retirez-le d’un autre prix."),
            )
        elif price.instalment_count is not None and price.instalment_count < 1:
            yield known.problem(
                price,
                "instalment_count",
                "price.instalments",
                text.T("Le prix « {code} » a {count} échéance.", code=price.code, count=price.instalment_count),
                text.T("Écrivez au moins une échéance."),
            )
        if price.commitment_months and not known.is_incomplete(offering) and price.commitment_months not in terms:
            yield known.problem(
                price,
                "commitment_months",
                "price.commitment",
                text.T(
                    "Le prix « {code} » suppose un engagement de {months} mois que l’offre ne propose pas.",
                    code=price.code,
                    months=price.commitment_months,
                ),
                text.T("Ajoutez cet engagement à la liste « terms », ou retirez-le du prix."),
            )


def _allowances(known: index.Index, offering: content.OfferingContent) -> Iterator[problems.Problem]:
    for allowance in offering.allowances:
        if allowance.unit != content.UNITS[allowance.service]:
            yield known.problem(
                allowance,
                "unit",
                "allowance.unit",
                text.T(
                    "Le volume « {code} » ({service}) se compte en {unit}.",
                    code=allowance.code,
                    service=allowance.service,
                    unit=content.UNITS[allowance.service],
                ),
                text.T("Écrivez « unit: {unit} » et la quantité dans cette unité.", unit=content.UNITS[allowance.service]),
            )
        if allowance.quantity == 0:
            yield known.problem(
                allowance,
                "quantity",
                "allowance.quantity",
                text.T("Le volume « {code} » inclut zéro.", code=allowance.code),
                text.T("Écrivez la quantité incluse, ou retirez ce volume."),
            )


def _terms(known: index.Index, offering: content.OfferingContent) -> Iterator[problems.Problem]:
    for term in offering.terms:
        if term.commitment_months > LEGAL_COMMITMENT_MONTHS and _SMALL_SEGMENTS & set(offering.segments):
            yield known.problem(
                term,
                "commitment_months",
                "term.too_long",
                text.T(
                    "L’engagement de {months} mois dépasse {limit} mois, la limite légale pour les petites entreprises "
                    "(Code de la consommation, L224-28).",
                    months=term.commitment_months,
                    limit=LEGAL_COMMITMENT_MONTHS,
                ),
                text.T("Réduisez l’engagement, ou réservez l’offre aux segments « enterprise » et « public »."),
            )
        yield from _steps(known, term)


def _steps(known: index.Index, term: records.TermRecord) -> Iterator[problems.Problem]:
    for step in term.early_termination:
        if step.percentage > WHOLE:
            yield _over_whole(known, step, step.percentage)
    for before, after in itertools.pairwise(term.early_termination):
        if after.from_month <= before.from_month:
            yield known.problem(
                after,
                "from_month",
                "term.steps",
                text.T("Le palier du mois {after} vient après celui du mois {before}.", after=after.from_month, before=before.from_month),
                text.T("Rangez les paliers par mois croissants, chacun une seule fois."),
            )


def _over_whole(known: index.Index, made: object, percentage: Decimal) -> problems.Problem:
    return known.problem(
        made,
        "percentage",
        "value.percentage",
        text.T("{value} points dépassent 100 %.", value=str(percentage)),
        text.T("Écrivez un pourcentage entre 0 et 100."),
    )


def _fleet(known: index.Index, offering: content.OfferingContent) -> Iterator[problems.Problem]:
    for key, low, high in (
        ("maximum_fleet", offering.minimum_fleet, offering.maximum_fleet),
        ("maximum_installed", offering.minimum_installed, offering.maximum_installed),
    ):
        if low is not None and high is not None and low > high:
            yield known.problem(
                offering,
                key,
                "offering.fleet",
                text.T("L’offre « {code} » demande au moins {low} lignes et au plus {high}.", code=offering.code, low=low, high=high),
                text.T("Corrigez l’une des deux bornes."),
            )


def _discounts(known: index.Index, offering: content.OfferingContent) -> Iterator[problems.Problem]:
    if (offering.kind == "discount") != bool(offering.discount_tiers) and not known.is_incomplete(offering):
        yield known.problem(
            offering,
            "discount_tiers",
            "discount.tiers",
            text.T("L’offre « {code} » doit avoir des paliers si, et seulement si, c’est une remise.", code=offering.code),
            text.T("Ajoutez « discount_tiers » à une offre « discount », ou retirez-les d’une autre offre."),
        )
    for tier in offering.discount_tiers:
        if (tier.percentage is None) == (tier.amount is None):
            yield known.problem(
                tier,
                "",
                "discount.value",
                text.T("Un palier de « {code} » doit dire soit un pourcentage, soit un montant.", code=offering.code),
                text.T("Gardez une seule des clés « percentage » et « amount »."),
            )
        if not tier.target_kinds and not tier.target_codes:
            yield known.problem(
                tier,
                "",
                "discount.target",
                text.T("Un palier de « {code} » ne vise aucune offre.", code=offering.code),
                text.T("Ajoutez « target_kinds » ou « target_codes »."),
            )
        if tier.percentage is not None and tier.percentage > WHOLE:
            yield _over_whole(known, tier, tier.percentage)
