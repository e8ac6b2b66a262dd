"""Clauses: one target, one value, nothing ambiguous."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from come.catalogue import formulas, policies, records
from come.catalogue.files import content, problems
from come.catalogue.files.checks import index, references
from come.shared import formatting, text

WHOLE = Decimal(100)
_KEYS = (
    "offering_code", "price_code", "price_type", "offering_kind", "tariff_code", "service", "zone_code", "origin_zone_code",
    "allowance_code",
)  # fmt: skip
_VALUES = {"amount": "amount", "percentage": "percentage", "formula": "formula", "quantity": "allowance_quantity"}
"""The key in which each kind of clause says what it makes."""
_REQUIRED = {
    "price": {"offering_code", "price_code"},
    "offering": {"offering_code", "price_type"},
    "offering_kind": {"offering_kind", "price_type"},
    "tariff_zone": {"service", "zone_code"},
    "allowance": {"allowance_code"},
}
_OPTIONAL = {"tariff_zone": {"tariff_code", "origin_zone_code"}, "allowance": {"offering_code"}}


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report what is wrong in the clauses of the agreement templates."""
    for template in known.catalogue.agreement_templates:
        yield from check_clauses(known, template.clauses)


def check_clauses(known: index.Index, clauses: Iterable[records.ClauseRecord]) -> Iterator[problems.Problem]:
    """Report what is wrong in the clauses of one agreement."""
    seen: list[records.ClauseRecord] = []
    for clause in clauses:
        yield from _form(known, clause)
        yield from _value(known, clause)
        yield from _sense(known, clause)
        yield from _formula(known, clause)
        yield from _targets(known, clause)
        yield from _dearer(known, clause)
        yield from _ambiguous(known, clause, seen)
        seen.append(clause)


def _form(known: index.Index, clause: records.ClauseRecord) -> Iterator[problems.Problem]:
    required = _REQUIRED[clause.target_kind]
    allowed = required | _OPTIONAL.get(clause.target_kind, set())
    given = {key for key in _KEYS if getattr(clause, key) is not None}
    for key in sorted(required - given):
        yield known.problem(
            clause,
            "target_kind",
            "clause.target",
            text.T("La clause {number} vise « {target} » sans dire « {key} ».", number=clause.number, target=clause.target_kind, key=key),
            text.T("Ajoutez « {key} », ou changez « target_kind ».", key=key),
        )
    for key in sorted(given - allowed):
        yield known.problem(
            clause,
            key,
            "clause.target",
            text.T(
                "La clause {number} vise « {target} » : « {key} » n’y a pas de sens.",
                number=clause.number,
                target=clause.target_kind,
                key=key,
            ),
            text.T("Retirez « {key} », ou changez « target_kind ».", key=key),
        )


def _value(known: index.Index, clause: records.ClauseRecord) -> Iterator[problems.Problem]:
    wanted = _VALUES[clause.kind]
    if [key for key in _VALUES.values() if getattr(clause, key) is not None] != [wanted]:
        yield known.problem(
            clause,
            "kind",
            "clause.value",
            text.T(
                "La clause {number} est de nature « {kind} » : elle doit porter « {wanted} », et lui seul.",
                number=clause.number,
                kind=clause.kind,
                wanted=wanted,
            ),
            text.T("Gardez une seule valeur, celle qui correspond à « kind »."),
        )
    if clause.percentage is not None and clause.percentage > WHOLE:
        yield known.problem(
            clause,
            "percentage",
            "value.percentage",
            text.T("{value} points dépassent 100 %.", value=str(clause.percentage)),
            text.T("Écrivez un pourcentage entre 0 et 100."),
        )


def _sense(known: index.Index, clause: records.ClauseRecord) -> Iterator[problems.Problem]:
    if (clause.kind == "quantity") != (clause.target_kind == "allowance"):
        yield known.problem(
            clause,
            "kind",
            "clause.value",
            text.T("La clause {number} change un volume inclus : elle porte une quantité, et rien d’autre.", number=clause.number)
            if clause.target_kind == "allowance"
            else text.T("La clause {number} porte une quantité incluse : elle vise un volume inclus.", number=clause.number),
            text.T("Écrivez « kind: quantity » avec « target_kind: allowance », ou ni l’un ni l’autre."),
        )
    if clause.allowance_scope is not None and clause.target_kind != "allowance":
        yield known.problem(
            clause,
            "allowance_scope",
            "clause.target",
            text.T(
                "La clause {number} vise « {target} » : « {key} » n’y a pas de sens.",
                number=clause.number,
                target=clause.target_kind,
                key="allowance_scope",
            ),
            text.T("Retirez « {key} », ou changez « target_kind ».", key="allowance_scope"),
        )
    if clause.kind == "amount" and clause.target_kind == "offering_kind":
        yield known.problem(
            clause,
            "kind",
            "clause.value",
            text.T("La clause {number} donne un même montant à toutes les offres d’une sorte.", number=clause.number),
            text.T("Visez une offre ou un prix, ou accordez un pourcentage."),
        )
    if clause.target_kind in {"tariff_zone", "allowance"} and clause.minimum_quantity is not None:
        yield known.problem(
            clause,
            "minimum_quantity",
            "clause.value",
            text.T("La clause {number} fait dépendre un prix ou un volume d’usage d’un nombre de lignes.", number=clause.number),
            text.T("Retirez « minimum_quantity » : ce qui est négocié sur l’usage vaut pour toute la flotte."),
        )


def _targets(known: index.Index, clause: records.ClauseRecord) -> Iterator[problems.Problem]:
    if clause.offering_code is not None:
        versions = known.offerings.get(clause.offering_code)
        if versions is None:
            yield from references.unknown(known, clause, "offering_code", text.T("l’offre"), clause.offering_code)
        else:
            yield from _prices(known, clause, [price for version in versions for price in version.prices])
            brought = {allowance.code for version in versions for allowance in version.allowances}
            if clause.allowance_code in known.allowances and clause.allowance_code not in brought:
                yield from references.unknown(known, clause, "allowance_code", text.T("le volume inclus"), clause.allowance_code)
    if clause.tariff_code is not None and clause.tariff_code not in known.tariffs:
        yield from references.unknown(known, clause, "tariff_code", text.T("le tarif"), clause.tariff_code)
    if clause.allowance_code is not None and clause.allowance_code not in known.allowances:
        yield from references.unknown(known, clause, "allowance_code", text.T("le volume inclus"), clause.allowance_code)
    yield from _zones(known, clause)


def _zones(known: index.Index, clause: records.ClauseRecord) -> Iterator[problems.Problem]:
    if clause.zone_code is not None and clause.zone_code not in known.zones:
        yield from references.unknown(known, clause, "zone_code", text.T("la zone"), clause.zone_code)
    if clause.origin_zone_code is None:
        return
    yield from references.zones(known, clause, "origin_zone_code", (clause.origin_zone_code,), "roaming")
    if clause.zone_code in known.zones:
        yield from references.zones(known, clause, "zone_code", (clause.zone_code,), "destination")


def _prices(known: index.Index, clause: records.ClauseRecord, prices: list[records.PriceRecord]) -> Iterator[problems.Problem]:
    if clause.price_code is not None and clause.price_code not in {price.code for price in prices}:
        yield from references.unknown(known, clause, "price_code", text.T("le prix"), clause.price_code)
    if clause.target_kind != "offering" or clause.price_type is None:
        return
    codes = {price.code for price in prices if price.price_type == clause.price_type}
    if not codes:
        yield from references.unknown(known, clause, "price_type", text.T("le prix"), clause.price_type)
    elif clause.kind == "amount" and len(codes) > 1:
        yield known.problem(
            clause,
            "price_type",
            "clause.ambiguous",
            text.T(
                "La clause {number} donne un montant, mais l’offre a plusieurs prix de cette nature : {codes}.",
                number=clause.number,
                codes=", ".join(sorted(codes)),
            ),
            text.T("Visez un prix précis (« target_kind: price » et « price_code »)."),
        )


def _formula(known: index.Index, clause: records.ClauseRecord) -> Iterator[problems.Problem]:
    """Report each mistake of a formula, or each list price of which it makes nothing."""
    if clause.formula is None:
        return
    try:
        formula = formulas.read(clause.formula)
    except formulas.UnreadableError as unreadable:
        for mistake in unreadable.mistakes:
            yield known.problem(
                clause,
                "formula",
                "clause.formula",
                text.T("Clause {number}, signe {place} : {said}.", number=clause.number, place=mistake.position, said=mistake.said),
                text.T("Écrivez par exemple : arrondi(liste * 0,85; 2)."),
            )
        return
    if "quantite" in formula.names and clause.target_kind == "tariff_zone":
        yield known.problem(
            clause,
            "formula",
            "clause.value",
            text.T("La clause {number} fait dépendre un prix ou un volume d’usage d’un nombre de lignes.", number=clause.number),
            text.T("Retirez « quantite » de la formule : ce qui est négocié sur l’usage vaut pour toute la flotte."),
        )
        return
    for name, listed in list_prices(known, clause):
        try:
            policies.negotiated_amount(listed=listed, clause=clause, quantity=clause.minimum_quantity or 1)
        except policies.NoAmountError as without:
            yield known.problem(
                clause,
                "formula",
                "clause.formula",
                text.T("{name} {listed} : {said}", name=name, listed=formatting.money_exact(listed), said=without.said),
                text.T("Bornez la formule, par exemple : max(0; liste - 5)."),
            )


def _makes(clause: records.ClauseRecord, listed: Decimal) -> Decimal | None:
    try:
        return policies.negotiated_amount(listed=listed, clause=clause, quantity=clause.minimum_quantity or 1)
    except (policies.NoAmountError, formulas.UnreadableError):
        return None


def _dearer(known: index.Index, clause: records.ClauseRecord) -> Iterator[problems.Problem]:
    """Report a negotiated amount above a list price: negotiating never makes anything dearer."""
    if clause.amount is None and clause.formula is None:
        return
    if clause.amount is not None and clause.target_kind == "offering_kind":
        return  # One amount for many offers is refused as such.
    cheaper = set()
    for name, listed in list_prices(known, clause):
        amount = _makes(clause, listed)
        if amount is not None and listed < amount:
            cheaper.add(name if clause.target_kind == "tariff_zone" else f"{name} {formatting.money_exact(listed)}")
    if cheaper:
        yield known.problem(
            clause,
            "amount" if clause.formula is None else "formula",
            "clause.dearer",
            text.T(
                "La clause {number} ({amount}) coûterait plus cher que le catalogue : {cheaper}.",
                number=clause.number,
                amount=formatting.money_exact(clause.amount) if clause.formula is None else clause.formula,
                cheaper=", ".join(sorted(cheaper)),
            ),
            text.T("Baissez le montant, ou visez plus précisément (« tariff_code », « price_code ») ce qui est plus cher au catalogue."),
        )


def list_prices(known: index.Index, clause: records.ClauseRecord) -> Iterator[tuple[str, Decimal]]:
    """Yield the list prices that a clause speaks of, with what carries them; a usage price is for a minute, a message, a megabyte."""
    yield from _listed_rates(known, clause) if clause.target_kind == "tariff_zone" else _listed_prices(known, clause)


def _listed_prices(known: index.Index, clause: records.ClauseRecord) -> Iterator[tuple[str, Decimal]]:
    for code, versions in known.offerings.items():
        sold = index.approved(versions)
        named = code == clause.offering_code or (clause.offering_kind is not None and sold and sold[-1].kind == clause.offering_kind)
        for price in sold[-1].prices if sold and named else ():
            is_meant = price.code == clause.price_code or (clause.price_code is None and price.price_type == clause.price_type)
            if is_meant and price.amount >= 0:
                yield f"{code} {price.code}", price.amount


def _listed_rates(known: index.Index, clause: records.ClauseRecord) -> Iterator[tuple[str, Decimal]]:
    zone = known.zones.get(clause.zone_code or "")
    if zone is None or clause.service is None:
        return
    unit = content.CLAUSE_QUANTITIES[clause.service]
    origins = {zone.code, index.ANY} if zone.kind == "roaming" else {clause.origin_zone_code, index.ANY}
    for rate in known.catalogue.rates:
        is_meant = (
            rate.service == clause.service and clause.tariff_code in {None, rate.tariff_code} and rate.destination_zone != content.INCOMING
        )
        is_from = rate.origin_zone in origins or (zone.kind == "destination" and clause.origin_zone_code is None)
        is_to = zone.kind == "roaming" or rate.destination_zone in {zone.code, index.ANY}
        if is_meant and is_from and is_to and rate.valid_to is None and rate.price_quantity > 0:
            yield rate.tariff_code, rate.price_eur * unit / rate.price_quantity


def _ambiguous(known: index.Index, clause: records.ClauseRecord, seen: list[records.ClauseRecord]) -> Iterator[problems.Problem]:
    for other in seen:
        same = all(getattr(clause, key) == getattr(other, key) for key in (*_KEYS, "target_kind", "minimum_quantity"))
        if same and _share_a_day(clause, other):
            yield known.problem(
                clause,
                "number",
                "clause.ambiguous",
                text.T(
                    "Les clauses {first} et {second} visent la même chose, à partir du même nombre, aux mêmes dates.",
                    first=other.number,
                    second=clause.number,
                ),
                text.T("Gardez-en une, ou distinguez-les par « minimum_quantity » ou par leurs dates."),
            )


def _share_a_day(one: records.ClauseRecord, other: records.ClauseRecord) -> bool:
    starts_before_end = one.valid_from is None or other.valid_to is None or one.valid_from < other.valid_to
    ends_after_start = other.valid_from is None or one.valid_to is None or other.valid_from < one.valid_to
    return starts_before_end and ends_after_start
