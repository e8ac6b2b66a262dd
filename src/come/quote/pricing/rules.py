"""What may be sold together, to whom: every obstacle of a pattern, in the rule's own French sentence."""

from __future__ import annotations

from collections.abc import Iterable

from come.catalogue import records as catalogue
from come.quote import records
from come.shared import obstacles, text

Obstacle = obstacles.Obstacle
_MAIN_KINDS = frozenset(
    {
        catalogue.OfferingKind.PLAN,
        catalogue.OfferingKind.DATA_PLAN,
        catalogue.OfferingKind.M2M,
        catalogue.OfferingKind.POOL,
        catalogue.OfferingKind.SIP_TRUNK,
        catalogue.OfferingKind.SERVICE,
        catalogue.OfferingKind.DEVICE,
        catalogue.OfferingKind.ACCESSORY,
    },
)
_UNSOLD = (catalogue.LifecycleStatus.DRAFT, catalogue.LifecycleStatus.REVIEW, catalogue.LifecycleStatus.RETIRED)


def quote_obstacles(
    pattern: records.Pattern,
    together: frozenset[str],
    snapshot: catalogue.CatalogueSnapshot,
    segment: str,
) -> tuple[Obstacle, ...]:
    """Return why lines of this pattern cannot be sold; `together` is every offering of the quote and of the present fleet."""
    unknown = [_unknown(code) for code in pattern.codes if code not in snapshot.offerings]
    if unknown or not pattern.plan_code:
        return tuple(unknown) or (_no_plan(),)
    offerings = [snapshot.offerings[code] for code in pattern.codes]
    found = [obstacle for offering in offerings for obstacle in _eligibility(offering, segment)]
    if offerings[0].kind not in _MAIN_KINDS:
        found.append(_not_alone(offerings[0]))
    found += [_no_price(offering) for offering in offerings if not offering.prices and offering.kind != catalogue.OfferingKind.BUNDLE]
    found += [obstacle for rule in snapshot.rules if (obstacle := _broken(rule, pattern, together)) is not None]
    return tuple(found)


def _eligibility(offering: catalogue.OfferingRecord, segment: str) -> Iterable[Obstacle]:
    if offering.segments and segment not in offering.segments:
        yield Obstacle(
            "quote.not_eligible",
            obstacles.Severity.OBSTACLE,
            text.T("« {name} » n’est pas proposée à ce segment de clients.", name=offering.name_fr),
            text.T("Choisissez une offre ouverte à ce client."),
            offering.code,
        )
    if offering.lifecycle_status in _UNSOLD:
        yield Obstacle(
            "quote.not_sold",
            obstacles.Severity.OBSTACLE,
            text.T("« {name} » n’est pas en vente.", name=offering.name_fr),
            text.T("Choisissez l’offre qui la remplace."),
            offering.code,
        )


def _broken(rule: catalogue.RuleRecord, pattern: records.Pattern, together: frozenset[str]) -> Obstacle | None:
    if rule.source_code not in pattern.codes:
        return None
    held = together if rule.scope == "quote" else frozenset(pattern.codes)
    count = sum(1 for code in rule.target_codes if code in held)
    match rule.kind:
        case catalogue.RuleKind.REQUIRES:
            is_broken = count < (rule.minimum or 1)
        case catalogue.RuleKind.EXCLUDES:
            is_broken = count > (1 if rule.source_code in rule.target_codes else 0)
        case catalogue.RuleKind.CARDINALITY:
            is_broken = count < (rule.minimum or 0) or (rule.maximum is not None and count > rule.maximum)
        case _:
            is_broken = any(code in pattern.codes for code in rule.target_codes)
    if not is_broken:
        return None
    return Obstacle(
        f"quote.rule.{rule.code}",
        obstacles.Severity.OBSTACLE,
        rule.message_fr,
        text.T("Changez la ligne, ou retirez l’option."),
        rule.source_code,
    )


def _unknown(code: str) -> Obstacle:
    return Obstacle(
        "quote.unknown_offering",
        obstacles.Severity.OBSTACLE,
        text.T("L’offre « {code} » n’est pas au catalogue ce jour-là.", code=code),
        text.T("Choisissez une offre en vente."),
        code,
    )


def _no_plan() -> Obstacle:
    return Obstacle(
        "quote.no_plan",
        obstacles.Severity.OBSTACLE,
        text.T("La ligne n’a pas d’offre principale."),
        text.T("Choisissez un forfait."),
        "plan",
    )


def _not_alone(offering: catalogue.OfferingRecord) -> Obstacle:
    return Obstacle(
        "quote.not_alone",
        obstacles.Severity.OBSTACLE,
        text.T("« {name} » ne se vend pas seule.", name=offering.name_fr),
        text.T("Mettez-la dans la colonne des options d’une ligne."),
        offering.code,
    )


def _no_price(offering: catalogue.OfferingRecord) -> Obstacle:
    return Obstacle(
        "quote.missing_price",
        obstacles.Severity.OBSTACLE,
        text.T("« {name} » n’a pas de prix ce jour-là ; un prix absent n’est jamais compté zéro.", name=offering.name_fr),
        text.T("Demandez le prix au responsable des offres."),
        offering.code,
    )
