"""Nothing is described that nobody could ever buy: options without a line to carry them, bundles for nobody."""

from __future__ import annotations

from collections.abc import Iterator

from come.catalogue.files import content, problems
from come.catalogue.files.checks import index, rules
from come.shared import text

LINE_KINDS = {"plan", "data_plan", "m2m", "sip_trunk"}


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report options that no line can carry, then bundles whose members are for other customers or break a count."""
    needs, excluded = rules.requirements(known), rules.exclusions(known)
    carriers = [offering for offering in known.catalogue.offerings if offering.kind in LINE_KINDS and offering.approval == "approved"]
    for offering in known.catalogue.offerings:
        if offering.approval != "approved":
            continue
        if offering.kind == "option" and carriers:
            yield from _unreachable(known, offering, carriers, needs=needs, excluded=excluded)
        if offering.kind == "bundle":
            yield from _eligibility(known, offering)
            yield from _counts(known, offering)


def _unreachable(
    known: index.Index,
    option: content.OfferingContent,
    carriers: list[content.OfferingContent],
    *,
    needs: dict[str, list[tuple[content.RuleContent, list[str]]]],
    excluded: dict[frozenset[str], content.RuleContent],
) -> Iterator[problems.Problem]:
    def carries(line: content.OfferingContent) -> bool:
        meets = index.Days.of(line).overlaps(index.Days.of(option)) and bool(set(line.segments) & set(option.segments))
        if not meets or frozenset((line.code, option.code)) in excluded:
            return False
        return all(_answers(known, line.code, targets, excluded) for _, targets in needs.get(option.code, []))

    if not any(carries(line) for line in carriers):
        yield known.problem(
            option,
            "",
            "option.unreachable",
            text.T("L’option « {code} » ne peut jamais être choisie : aucune ligne ne peut la porter.", code=option.code),
            text.T("Vérifiez ses dates, ses clientèles et ses règles."),
        )


def _answers(known: index.Index, line: str, targets: list[str], excluded: dict[frozenset[str], content.RuleContent]) -> bool:
    """Tell whether a line, alone or with another part, answers a requirement."""
    return not targets or any(
        target == line or (known.offerings[target][0].kind not in LINE_KINDS and frozenset((line, target)) not in excluded)
        for target in targets
    )


def _eligibility(known: index.Index, bundle: content.OfferingContent) -> Iterator[problems.Problem]:
    for member in bundle.members:
        versions = index.approved(known.offerings.get(member.code, []))
        if not versions:
            continue
        offering = versions[-1]
        lacking = set(bundle.segments) - set(offering.segments)
        never = lacking if member.minimum > 0 else (lacking if lacking == set(bundle.segments) else set())
        if never:
            yield _nobody(known, member, bundle, text.T("clientèles {segments}", segments=", ".join(sorted(never))))
        if bundle.territories and offering.territories and not set(bundle.territories) & set(offering.territories):
            yield _nobody(known, member, bundle, text.T("territoires"))
        low, high = offering.minimum_fleet, offering.maximum_fleet
        is_too_big = low is not None and bundle.maximum_fleet is not None and low > bundle.maximum_fleet
        is_too_small = high is not None and bundle.minimum_fleet is not None and high < bundle.minimum_fleet
        if is_too_big or is_too_small:
            yield _nobody(known, member, bundle, text.T("taille de flotte"))


def _nobody(known: index.Index, member: object, bundle: content.OfferingContent, why: text.T) -> problems.Problem:
    code = getattr(member, "code", "")
    return known.problem(
        member,
        "code",
        "bundle.eligibility",
        text.T(
            "Dans l’offre groupée « {bundle} », « {member} » n’est pas pour les mêmes clients : {why}.",
            bundle=bundle.code,
            member=code,
            why=why,
        ),
        text.T("Ouvrez ce composant à ces clients, ou réservez l’offre groupée à ceux du composant."),
    )


def _counts(known: index.Index, bundle: content.OfferingContent) -> Iterator[problems.Problem]:
    """Report members whose least or proposed numbers break a count of the whole quote."""
    codes = {bundle.code, *(member.code for member in bundle.members if member.minimum > 0)}
    for rule in known.catalogue.rules:
        if rule.kind != "cardinality" or rule.scope != "quote" or rule.maximum is None or not codes & set(known.expand(rule.source)):
            continue
        targets = {code for target in rule.targets for code in known.expand(target)}
        counted = [member for member in bundle.members if member.code in targets]
        least, proposed = sum(member.minimum for member in counted), sum(member.default for member in counted)
        if counted and max(least, proposed) > rule.maximum:
            yield known.problem(
                counted[0],
                "minimum" if least > rule.maximum else "default",
                "bundle.cardinality",
                text.T(
                    "L’offre groupée « {bundle} » en prend ou en propose {count}, la règle « {rule} » en permet {maximum}.",
                    bundle=bundle.code,
                    count=max(least, proposed),
                    rule=rule.code,
                    maximum=rule.maximum,
                ),
                text.T("Baissez les nombres des composants, ou le maximum de la règle n’est pas le bon."),
            )
