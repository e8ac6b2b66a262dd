"""What may be conceded on a line: on which of its offerings, how, within which bounds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from come.catalogue import policies as catalogue_policies, records as catalogue
from come.quote import records
from come.shared import formatting, obstacles, text

PLAN, DEVICE = "plan", "device"
"""What a wish is about, besides the code of an option."""
KIND_NAMES_FR = {str(kind): name for kind, name in catalogue_policies.KIND_NAMES_FR.items()}
_HUNDRED = Decimal(100)
_SUBSCRIBED = frozenset(
    {
        catalogue.OfferingKind.PLAN,
        catalogue.OfferingKind.DATA_PLAN,
        catalogue.OfferingKind.M2M,
        catalogue.OfferingKind.POOL,
        catalogue.OfferingKind.SIP_TRUNK,
        catalogue.OfferingKind.NUMBER_BLOCK,
        catalogue.OfferingKind.SERVICE,
    }
)


def codes_of(
    target: str,
    plan_code: str,
    option_codes: tuple[str, ...],
    device_code: str,
    offerings: Mapping[str, catalogue.OfferingRecord],
) -> tuple[str, ...]:
    """Return the offerings of a line that a wish is about; nothing when the line does not hold it."""
    main = offerings.get(plan_code)
    if target == PLAN:
        return (plan_code,) if main is not None and main.kind in _SUBSCRIBED else ()
    if target == DEVICE:
        if device_code in offerings:
            return (device_code,)
        return (plan_code,) if main is not None and main.kind == catalogue.OfferingKind.DEVICE else ()
    return (target,) if target in option_codes and target in offerings else ()


def level_of(target: str) -> str:
    """Return the level of a concession on this."""
    return (records.PriceLevel.LINE_PLAN if target in {PLAN, DEVICE} else records.PriceLevel.LINE_OPTION).value


def price_type_of(wish: records.Wish, offering: catalogue.OfferingRecord) -> str:
    """Return which prices a concession touches: what is paid each month of a subscription or an option, what a device costs."""
    if wish.target != DEVICE:
        return "recurring"
    types = [str(price.price_type) for price in offering.prices if price.price_type in {"one_off", "instalment"}]
    return "instalment" if "instalment" in types else "one_off"


def wish_obstacles(*, wish: records.Wish, offerings: Sequence[catalogue.OfferingRecord], line_count: int) -> list[obstacles.Obstacle]:
    """Return why a wish cannot be granted as it is written."""
    found: list[obstacles.Obstacle] = []
    if not line_count:
        found.append(_refusal("nothing", "target", text.T("Aucune des lignes choisies ne contient ce que vise la remise."),
                              text.T("Choisissez d’autres lignes, ou une autre cible.")))  # fmt: skip
    if wish.kind not in {"amount", "percentage"}:
        found.append(_refusal("kind", "kind", text.T("Une remise est un pourcentage ou un prix."), text.T("Choisissez « % » ou « € ».")))
    elif wish.value < 0 or (wish.kind == "percentage" and not 0 < wish.value <= _HUNDRED):
        found.append(_refusal("bounds", "value", text.T("Une remise va de 0 à 100 %, un prix n’est pas négatif."),
                              text.T("Corrigez la valeur ; pour l’enlever, retirez la remise.")))  # fmt: skip
    if not wish.reason.strip():
        found.append(_refusal("reason", "reason", text.T("La raison manque."), text.T("Une phrase : la personne qui approuve la lira.")))
    several = [one.name_fr for one in offerings if wish.kind == "amount" and _count(wish, one) > 1]
    if several:
        found.append(_refusal("several_prices", "kind", text.T("{names} a plusieurs prix.", names=", ".join(several)),
                              text.T("Donnez un pourcentage.")))  # fmt: skip
    return found


def _count(wish: records.Wish, offering: catalogue.OfferingRecord) -> int:
    wanted = price_type_of(wish, offering)
    return sum(1 for price in offering.prices if str(price.price_type) == wanted)


def rise_obstacles(risen: Sequence[tuple[str, Decimal, Decimal]]) -> list[obstacles.Obstacle]:
    """Return why what was granted is no concession: prices (name, without it, with it) that would be higher."""
    return [
        _refusal(
            "rise",
            "value",
            text.T(
                "{name} : cette remise ferait payer {after} au lieu de {before}.",
                name=name,
                after=formatting.money_exact(after),
                before=formatting.money_exact(before),
            ),
            text.T("Le prix est déjà plus bas sans elle : donnez un prix inférieur."),
        )
        for name, before, after in risen
    ]


def _refusal(code: str, path: str, message: text.T, step: text.T) -> obstacles.Obstacle:
    return obstacles.Obstacle(f"quote.concession.{code}", obstacles.Severity.REFUSAL, message, step, path)
