"""Compatibility rules: well formed, no circle of requirements, nothing that can never be chosen."""

from __future__ import annotations

from collections.abc import Iterator

from come.catalogue.files import content, problems
from come.catalogue.files.checks import index
from come.shared import text


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report badly formed rules, then offerings that the rules make impossible."""
    for rule in known.catalogue.rules:
        yield from _form(known, rule)
    yield from _circles(known)
    yield from _replaced_circles(known)
    yield from _contradictions(known)
    yield from _never_together(known)


def _form(known: index.Index, rule: content.RuleContent) -> Iterator[problems.Problem]:
    if rule.kind == "cardinality" and rule.minimum is None and rule.maximum is None:
        yield known.problem(
            rule,
            "kind",
            "rule.bounds",
            text.T("La règle « {code} » compte sans borne.", code=rule.code),
            text.T("Ajoutez « minimum » ou « maximum »."),
        )
    if rule.minimum is not None and rule.maximum is not None and rule.minimum > rule.maximum:
        yield known.problem(
            rule,
            "maximum",
            "rule.bounds",
            text.T("La règle « {code} » demande au moins {low} et au plus {high}.", code=rule.code, low=rule.minimum, high=rule.maximum),
            text.T("Corrigez l’une des deux bornes."),
        )
    if rule.kind != "cardinality" and rule.source in rule.targets:
        yield known.problem(
            rule,
            "targets",
            "rule.itself",
            text.T("La règle « {code} » se vise elle-même ({source}).", code=rule.code, source=rule.source),
            text.T("Retirez l’offre source de la liste des offres visées."),
        )


def requirements(known: index.Index) -> dict[str, list[tuple[content.RuleContent, list[str]]]]:
    """Return, for each offering, the sets of which at least one offering must come with it."""
    needs: dict[str, list[tuple[content.RuleContent, list[str]]]] = {}
    for rule in known.catalogue.rules:
        if rule.kind == "requires":
            targets = [code for target in rule.targets for code in known.expand(target)]
            for source in known.expand(rule.source):
                needs.setdefault(source, []).append((rule, targets))
    return needs


def exclusions(known: index.Index) -> dict[frozenset[str], content.RuleContent]:
    """Return the pairs of offerings that may not be together on a line, with the rule that says so."""
    pairs: dict[frozenset[str], content.RuleContent] = {}
    for rule in known.catalogue.rules:
        if rule.kind == "excludes":
            for source in known.expand(rule.source):
                for target in rule.targets:
                    for code in known.expand(target):
                        pairs[frozenset((source, code))] = rule
    return pairs


def _circles(known: index.Index) -> Iterator[problems.Problem]:
    needs = requirements(known)
    choosable = {code for code in known.offerings if code not in needs}
    grown = True
    while grown:
        more = {
            code
            for code in needs
            if code not in choosable and all(not targets or any(target in choosable for target in targets) for _, targets in needs[code])
        }
        grown = bool(more)
        choosable |= more
    said: set[str] = set()
    for code in sorted(set(needs) - choosable):
        rule, circle = _circle(needs, choosable, code)
        if rule.code not in said and not said & set(circle):
            said |= {rule.code, *circle}
            yield known.problem(
                rule,
                "targets",
                "requires.cycle",
                text.T("Ces offres s’exigent l’une l’autre, aucune ne peut être choisie en premier : {circle}.", circle=" → ".join(circle)),
                text.T("Retirez l’une des règles « requires », ou ajoutez-lui une autre offre possible."),
            )


def _circle(
    needs: dict[str, list[tuple[content.RuleContent, list[str]]]], choosable: set[str], code: str
) -> tuple[content.RuleContent, list[str]]:
    path = [code]
    while True:
        rule, targets = next(need for need in needs[path[-1]] if need[1] and not any(target in choosable for target in need[1]))
        following = targets[0]
        if following in path:
            return rule, [*path[path.index(following) :], following]
        path.append(following)


def _replaced_circles(known: index.Index) -> Iterator[problems.Problem]:
    """Report offers that replace each other: taking one would remove the other, for ever."""
    replaced: dict[str, list[tuple[content.RuleContent, str]]] = {}
    for rule in known.catalogue.rules:
        if rule.kind == "replaces":
            for source in known.expand(rule.source):
                replaced.setdefault(source, []).extend((rule, code) for target in rule.targets for code in known.expand(target))
    said: set[str] = set()
    for start in sorted(replaced):
        path = _way_back(replaced, start)
        if path and not said & set(path):
            said |= set(path)
            yield known.problem(
                replaced[start][0][0],
                "targets",
                "replaces.cycle",
                text.T("Ces offres se remplacent l’une l’autre sans fin : {circle}.", circle=" → ".join(path)),
                text.T("Gardez le remplacement dans un seul sens : de l’ancienne offre vers la nouvelle."),
            )


def _way_back(replaced: dict[str, list[tuple[content.RuleContent, str]]], start: str) -> list[str]:
    """Return the way from an offer back to itself through what it replaces, or nothing."""
    waiting, seen = [[start]], {start}
    while waiting:
        path = waiting.pop(0)
        for _rule, code in replaced.get(path[-1], []):
            if code == start:
                return [*path, start]
            if code not in seen:
                seen.add(code)
                waiting.append([*path, code])
    return []


def _never_together(known: index.Index) -> Iterator[problems.Problem]:
    """Report a requirement of which no answer is on sale while the offer is."""
    for source, sets in requirements(known).items():
        for rule, targets in sets:
            own = [index.Days.of(version) for version in index.approved(known.offerings[source])]
            answers = [index.Days.of(version) for target in targets for version in index.approved(known.offerings[target])]
            if own and targets and not any(one.overlaps(other) for one in own for other in answers):
                yield known.problem(
                    rule,
                    "targets",
                    "requires.unsold",
                    text.T(
                        "« {source} » exige une offre qui n’est jamais en vente en même temps : {targets}.",
                        source=source,
                        targets=", ".join(targets),
                    ),
                    text.T("Alignez les dates de vente, ou ajoutez à la règle une offre vendue dans le même temps."),
                )


def _contradictions(known: index.Index) -> Iterator[problems.Problem]:
    excluded = exclusions(known)
    for source, sets in requirements(known).items():
        for rule, targets in sets:
            if targets and all(frozenset((source, target)) in excluded for target in targets):
                other = excluded[frozenset((source, targets[0]))]
                yield known.problem(
                    rule,
                    "targets",
                    "rule.contradiction",
                    text.T(
                        "« {source} » exige ce que la règle « {other} » lui interdit : l’offre ne peut jamais être choisie.",
                        source=source,
                        other=other.code,
                    ),
                    text.T("Retirez l’une des deux règles, ou ajoutez une offre permise à celle-ci."),
                )
