"""Bundles: possible counts, no bundle inside itself, every option choosable, members sold as long as the bundle."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from come.catalogue import records
from come.catalogue.files import content, problems
from come.catalogue.files.checks import index, rules
from come.shared import formatting, text

_LINE_KINDS = {"plan", "data_plan", "m2m", "sip_trunk"}


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report bundles that cannot be sold as they are described."""
    needs, excluded = rules.requirements(known), rules.exclusions(known)
    for offering in known.catalogue.offerings:
        if (offering.kind == "bundle") != bool(offering.members) and not known.is_incomplete(offering):
            yield known.problem(
                offering,
                "members",
                "bundle.members",
                text.T("L’offre « {code} » doit avoir des composants si, et seulement si, c’est une offre groupée.", code=offering.code),
                text.T("Ajoutez « members » à une offre « bundle », ou retirez-les d’une autre offre."),
            )
        for member in offering.members:
            yield from _counts(known, member)
            yield from _dates(known, offering, member)
        yield from _impossible(known, offering, needs, excluded)
    yield from _cycles(known)


def _counts(known: index.Index, member: records.BundleMemberRecord) -> Iterator[problems.Problem]:
    if not (0 <= member.minimum <= member.default <= member.maximum and member.maximum >= 1):
        yield known.problem(
            member,
            "default",
            "bundle.counts",
            text.T(
                "Le composant « {code} » a des nombres impossibles : minimum {low}, proposé {default}, maximum {high}.",
                code=member.code,
                low=member.minimum,
                default=member.default,
                high=member.maximum,
            ),
            text.T("Il faut minimum ≤ proposé ≤ maximum, et un maximum d’au moins 1."),
        )


def _dates(known: index.Index, bundle: content.OfferingContent, member: records.BundleMemberRecord) -> Iterator[problems.Problem]:
    versions = index.approved(known.offerings.get(member.code, []))
    if bundle.approval != "approved" or member.code not in known.offerings:
        return
    days = index.Days.of(bundle)
    periods = [index.Days.of(version) for version in versions]
    starts_late = not periods or min(period.start for period in periods) > days.start
    ends_early = not periods or max(period.end for period in periods) < days.end
    if starts_late or ends_early:
        yield known.problem(
            member,
            "code",
            "bundle.dates",
            text.T(
                "« {member} » n’est pas vendu pendant toute la vie de l’offre groupée « {bundle} ».", member=member.code, bundle=bundle.code
            ),
            text.T(
                "Alignez les dates : l’offre groupée vaut du {start} au {end}.",
                start=formatting.day(bundle.valid_from),
                end=formatting.day(bundle.valid_to),
            ),
        )


def _closure(codes: set[str], needs: dict[str, list[tuple[content.RuleContent, list[str]]]]) -> set[str]:
    """Return the offerings that must come with those: requirements that leave no choice."""
    whole, waiting = set(codes), list(codes)
    while waiting:
        for _, targets in needs.get(waiting.pop(), []):
            if len(targets) == 1 and targets[0] not in whole:
                whole.add(targets[0])
                waiting.append(targets[0])
    return whole


def _impossible(
    known: index.Index,
    bundle: content.OfferingContent,
    needs: dict[str, list[tuple[content.RuleContent, list[str]]]],
    excluded: dict[frozenset[str], content.RuleContent],
) -> Iterator[problems.Problem]:
    always = {bundle.code, *(member.code for member in bundle.members if member.minimum > 0)}
    for member in bundle.members:
        together = _closure(always | {member.code}, needs)
        blocking = next((excluded[pair] for pair in _pairs(together) if _forbids(known, bundle, pair, excluded)), None)
        blocking = blocking or _starved(member, together, needs, excluded)
        if blocking is not None:
            yield known.problem(
                member,
                "code",
                "bundle.impossible_choice",
                text.T(
                    "Dans l’offre groupée « {bundle} », « {member} » ne peut jamais être choisi : "
                    "la règle « {rule} » l’interdit avec les composants obligatoires.",
                    bundle=bundle.code,
                    member=member.code,
                    rule=blocking.code,
                ),
                text.T("Retirez ce composant, rendez facultatif celui qui l’exclut, ou modifiez la règle."),
            )


def _pairs(codes: set[str]) -> Iterator[frozenset[str]]:
    return (frozenset(pair) for pair in itertools.combinations(sorted(codes), 2))


def _forbids(
    known: index.Index, bundle: content.OfferingContent, pair: frozenset[str], excluded: dict[frozenset[str], content.RuleContent]
) -> bool:
    """Tell whether an exclusion holds inside a bundle, where each plan makes a line of its own."""
    rule = excluded.get(pair)
    if rule is None or rule.scope == "quote":
        return rule is not None
    lines = [code for code in pair if _makes_a_line(known, code)]
    if len(lines) != 1:
        return not lines
    (other,) = pair - set(lines)
    carriers = [member.code for member in bundle.members if _makes_a_line(known, member.code)]
    return all(frozenset((other, carrier)) in excluded for carrier in carriers)


def _makes_a_line(known: index.Index, code: str) -> bool:
    versions = known.offerings.get(code)
    return versions is not None and versions[0].kind in _LINE_KINDS


def _starved(
    member: records.BundleMemberRecord,
    together: set[str],
    needs: dict[str, list[tuple[content.RuleContent, list[str]]]],
    excluded: dict[frozenset[str], content.RuleContent],
) -> content.RuleContent | None:
    """Return a requirement of the member of which every answer is excluded by what comes with it."""
    for rule, targets in needs.get(member.code, []):
        if targets and all(any(frozenset((target, other)) in excluded for other in together) for target in targets):
            return rule
    return None


def _cycles(known: index.Index) -> Iterator[problems.Problem]:
    children = {
        code: sorted({member.code for version in versions for member in version.members}) for code, versions in known.offerings.items()
    }
    done: set[str] = set()
    for start in sorted(children):
        circle = _find_cycle(children, start, [], done)
        if circle:
            bundle = known.offerings[circle[0]][0]
            yield known.problem(
                bundle,
                "members",
                "bundle.cycle",
                text.T("L’offre groupée se contient elle-même : {circle}.", circle=" → ".join(circle)),
                text.T("Retirez l’un de ces composants."),
            )


def _find_cycle(children: dict[str, list[str]], code: str, path: list[str], done: set[str]) -> list[str] | None:
    if code in path:
        return [*path[path.index(code) :], code]
    if code in done:
        return None
    for child in children.get(code, []):
        circle = _find_cycle(children, child, [*path, code], done)
        if circle:
            done.add(code)
            return circle
    done.add(code)
    return None
