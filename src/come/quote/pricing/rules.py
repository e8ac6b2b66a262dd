"""What may be sold together, to whom: every obstacle of a pattern, in the rule's own French sentence."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping

from come.catalogue import records as catalogue
from come.quote import records
from come.shared import obstacles, text

Obstacle = obstacles.Obstacle
KINDS_ALONE = frozenset(
    {
        catalogue.OfferingKind.PLAN,
        catalogue.OfferingKind.DATA_PLAN,
        catalogue.OfferingKind.M2M,
        catalogue.OfferingKind.POOL,
        catalogue.OfferingKind.SIP_TRUNK,
        catalogue.OfferingKind.NUMBER_BLOCK,
        catalogue.OfferingKind.SERVICE,
        catalogue.OfferingKind.DEVICE,
        catalogue.OfferingKind.ACCESSORY,
    },
)
# The other kinds (excludes, replaces) forbid their targets beside the source.
_COUNTING = frozenset({catalogue.RuleKind.REQUIRES, catalogue.RuleKind.CARDINALITY})
_FLEET_KINDS = (catalogue.OfferingKind.PLAN, catalogue.OfferingKind.DATA_PLAN, catalogue.OfferingKind.M2M)


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """Units of the whole quote by offering and by kind; `together` adds what the customer has already."""

    by_code: Mapping[str, int]
    by_kind: Mapping[str, int]
    together: Mapping[str, int]
    by_bundle: Mapping[str, Mapping[str, int]]
    fleet_size: int
    installed_size: int

    @staticmethod
    def of(
        lines: Iterable[tuple[records.Pattern, tuple[str, ...], int]],
        snapshot: catalogue.CatalogueSnapshot,
        installed: Mapping[str, int],
    ) -> Counts:
        """Count the units of a quote: patterns with their codes and their numbers of lines."""
        by_code: collections.Counter[str] = collections.Counter()
        by_bundle: dict[str, collections.Counter[str]] = {}
        for pattern, codes, quantity in lines:
            for code in codes:
                by_code[code] += quantity
            if pattern.bundle_code:
                held = by_bundle.setdefault(pattern.bundle_code, collections.Counter())
                for code in codes:
                    held[code] += quantity
        together = by_code + collections.Counter(installed)
        by_kind: collections.Counter[str] = collections.Counter()
        fleet_size = installed_size = 0
        for code, count in together.items():
            offering = snapshot.offerings.get(code)
            if offering is not None:
                by_kind[str(offering.kind)] += by_code[code]
                fleet_size += count if offering.kind in _FLEET_KINDS else 0
                installed_size += installed.get(code, 0) if offering.kind in _FLEET_KINDS else 0
        return Counts(by_code, by_kind, together, by_bundle, fleet_size, installed_size)


# A rule on what a line holds, the codes of its targets, whether one of them must be there, whether they must be counted.
_RuleOfLine = tuple[catalogue.RuleRecord, frozenset[str], bool, bool]


class Checks:
    """The rules of a catalogue, sorted by the offering that starts them, for one quote."""

    def __init__(self, snapshot: catalogue.CatalogueSnapshot, counts: Counts, segment: str, territory: str = "") -> None:
        self._snapshot = snapshot
        self._territory = territory
        self._counts = counts
        self._segment = segment
        sold = {code: snapshot.offerings[code] for code in counts.by_code if code in snapshot.offerings}
        self._unknown = frozenset(counts.by_code) - frozenset(sold)
        self._never_main = frozenset(code for code, one in sold.items() if one.kind not in KINDS_ALONE)
        self._never_alone = frozenset(code for code, one in sold.items() if not one.is_sellable_alone)
        self._bundles = {code: tuple(self._bundle(code)) for code in counts.by_bundle}
        # What stands against an offering whatever the line holds beside it, then what depends on that.
        self._always = {code: tuple(self._own(one)) for code, one in sold.items()}
        self._beside: dict[str, list[_RuleOfLine]] = {}
        self._sort_rules(sold)
        # By main offering: the codes that stand beside it alone, each with those that would need a closer look.
        self._beside_main: dict[str, dict[str, frozenset[str]]] = {}

    def _sort_rules(self, sold: Mapping[str, catalogue.OfferingRecord]) -> None:
        sources: dict[str, set[str]] = collections.defaultdict(set)
        for rule in self._snapshot.rules:
            sources[rule.code].add(rule.source_code)
        for rule in self._snapshot.rules:
            source = rule.source_code
            if source not in sold:
                continue
            if rule.scope == "quote":
                # What the whole quote holds is the same for every line.
                count = sum(self._counts.together.get(code, 0) for code in rule.target_codes)
                self._always[source] += (_said(rule),) if _is_broken(rule, count) else ()
                continue
            targets = frozenset(rule.target_codes)
            is_needed = rule.kind == catalogue.RuleKind.REQUIRES and (rule.minimum or 1) == 1
            if _is_said_by_targets(rule, sources[rule.code]):
                continue
            if rule.kind in _COUNTING or not targets.isdisjoint(sold):
                self._beside.setdefault(source, []).append((rule, targets, is_needed, rule.kind in _COUNTING and not is_needed))

    def is_known(self, code: str) -> bool:
        """Tell whether the catalogue of the day sells this offering."""
        return code not in self._unknown

    def obstacles(self, pattern: records.Pattern, codes: tuple[str, ...]) -> tuple[Obstacle, ...]:
        """Return why lines of this pattern cannot be sold; `codes` are the pattern's."""
        if self._unknown and not self._unknown.isdisjoint(codes):
            return tuple(_unknown(code) for code in codes if code in self._unknown)
        main = pattern.plan_code
        if not main:
            return (_no_plan(),)
        found = self._bundles.get(pattern.bundle_code, ())
        if main in self._never_main or (main in self._never_alone and len(codes) == 1 and not pattern.bundle_code):
            found = (_not_alone(self._snapshot.offerings[main]), *found)
        known = self._beside_main.get(main)
        if known is None:
            known = self._beside_main[main] = self._known_beside(main)
        for code in codes:
            closer = known.get(code)
            if closer is None or (closer and not closer.isdisjoint(codes)):
                found = (*self._of_line(codes), *found)
                break
        return tuple(dict.fromkeys(found)) if found else ()

    def _known_beside(self, main: str) -> dict[str, frozenset[str]]:
        """Return what may stand beside a main offering: what its rules say of the two holds as long as no other target of them comes."""
        known = {}
        for code, always in self._always.items():
            if not always and not self._of_line((main, code) if code != main else (main,), only=code):
                targets = [targets for _, targets, is_needed, _ in self._beside.get(code, ()) if not is_needed]
                known[code] = frozenset().union(*targets) - {main, code}
        return known

    def _of_line(self, codes: tuple[str, ...], only: str = "") -> list[Obstacle]:
        found: list[Obstacle] = []
        for code in (only,) if only else codes:
            found += self._always[code]
            for rule, targets, is_needed, is_counted in self._beside.get(code, ()):
                if is_counted:
                    is_broken = _is_broken(rule, sum(other in targets for other in codes))
                else:
                    # What must be there is missing, or what is excluded or replaced is there.
                    is_broken = targets.isdisjoint(codes) is is_needed
                if is_broken:
                    found.append(_said(rule))
        return found

    def _own(self, offering: catalogue.OfferingRecord) -> Iterable[Obstacle]:
        """Yield what stands against an offering whatever comes with it."""
        if offering.segments and self._segment not in offering.segments:
            yield _obstacle(
                "quote.not_eligible",
                text.T("« {name} » n’est pas proposée à ce segment de clients.", name=offering.name_fr),
                text.T("Choisissez une offre ouverte à ce client."),
                offering.code,
            )
        if not any(price.price_type != catalogue.PriceType.USAGE for price in offering.prices) and offering.tariff_code is None:
            yield _obstacle(
                "quote.missing_price",
                text.T("« {name} » n’a pas de prix ce jour-là ; un prix absent n’est jamais compté pour zéro.", name=offering.name_fr),
                text.T("Demandez le prix au responsable des offres."),
                offering.code,
            )
        size = self._counts.fleet_size
        if offering.minimum_fleet is not None and size < offering.minimum_fleet:
            yield _obstacle(
                "quote.fleet_too_small",
                text.T("« {name} » demande une flotte d’au moins {minimum} lignes ; il y en a {size}.",
                       name=offering.name_fr, minimum=offering.minimum_fleet, size=size),
                text.T("Ajoutez des lignes, ou choisissez une autre offre."),
                offering.code,
            )  # fmt: skip
        if offering.maximum_fleet is not None and size > offering.maximum_fleet:
            yield _obstacle(
                "quote.fleet_too_big",
                text.T("« {name} » s’adresse aux flottes d’au plus {maximum} lignes ; il y en a {size}.",
                       name=offering.name_fr, maximum=offering.maximum_fleet, size=size),
                text.T("Choisissez une offre de grande flotte."),
                offering.code,
            )  # fmt: skip

        yield from self._own_place(offering)

    def _own_place(self, offering: catalogue.OfferingRecord) -> Iterable[Obstacle]:
        """Yield what stands against an offering because of where the customer is, or of what they have already."""
        if offering.territories and self._territory and self._territory not in offering.territories:
            yield _obstacle(
                "quote.not_sold_there",
                text.T("« {name} » n’est pas vendue sur le territoire de ce client.", name=offering.name_fr),
                text.T("Choisissez une offre ouverte sur ce territoire."),
                offering.code,
            )
        size = self._counts.installed_size
        if offering.minimum_installed is not None and size < offering.minimum_installed:
            yield _obstacle(
                "quote.too_few_installed",
                text.T("« {name} » s’adresse aux clients qui ont déjà au moins {minimum} lignes ; celui-ci en a {size}.",
                       name=offering.name_fr, minimum=offering.minimum_installed, size=size),
                text.T("Choisissez une offre ouverte à ce client."),
                offering.code,
            )  # fmt: skip
        if offering.maximum_installed is not None and size > offering.maximum_installed:
            yield _obstacle(
                "quote.too_many_installed",
                text.T("« {name} » s’adresse aux clients qui ont au plus {maximum} lignes ; celui-ci en a déjà {size}.",
                       name=offering.name_fr, maximum=offering.maximum_installed, size=size),
                text.T("Choisissez une offre ouverte à ce client."),
                offering.code,
            )  # fmt: skip

    def _bundle(self, code: str) -> Iterable[Obstacle]:
        bundle = self._snapshot.offerings.get(code)
        if bundle is None:
            yield _unknown(code)
            return
        held = self._counts.by_bundle[code]
        wholes = [held[member.code] for member in bundle.members if member.minimum == member.maximum == 1 and held.get(member.code)]
        times = max(wholes, default=1)
        for member in bundle.members:
            offering = self._snapshot.offerings.get(member.code)
            if offering is None or offering.kind == catalogue.OfferingKind.DISCOUNT:
                continue
            count = held.get(member.code, 0)
            if not member.minimum * times <= count <= member.maximum * times:
                yield _obstacle(
                    "quote.bundle_member",
                    text.T("« {bundle} » comprend de {minimum} à {maximum} « {name} » ; il y en a {count}.",
                           bundle=bundle.name_fr, minimum=member.minimum * times, maximum=member.maximum * times,
                           name=offering.name_fr, count=count),
                    text.T("Ajoutez ou retirez des lignes de cette offre."),
                    code,
                )  # fmt: skip


def _is_said_by_targets(rule: catalogue.RuleRecord, sources: set[str]) -> bool:
    """Tell whether a rule on the most of something starts from each of its targets too: too many of them then say it themselves."""
    is_at_most = rule.kind == catalogue.RuleKind.CARDINALITY and not rule.minimum
    return is_at_most and rule.source_code not in rule.target_codes and sources.issuperset(rule.target_codes)


def _is_broken(rule: catalogue.RuleRecord, count: int) -> bool:
    match rule.kind:
        case catalogue.RuleKind.REQUIRES:
            return count < (rule.minimum or 1)
        case catalogue.RuleKind.CARDINALITY:
            return count < (rule.minimum or 0) or (rule.maximum is not None and count > rule.maximum)
        case _:
            # What is excluded, and what is replaced, may not be sold beside the source.
            return count > 0


def _said(rule: catalogue.RuleRecord) -> Obstacle:
    return _obstacle(f"quote.rule.{rule.code}", rule.message_fr, text.T("Changez la ligne, ou retirez l’option."), rule.source_code)


def _obstacle(code: str, message: str, next_step: text.T, path: str) -> Obstacle:
    return Obstacle(code, obstacles.Severity.OBSTACLE, message, next_step, path)


def _unknown(code: str) -> Obstacle:
    message = text.T("L’offre « {code} » n’est pas au catalogue ce jour-là.", code=code)
    return _obstacle("quote.unknown_offering", message, text.T("Choisissez une offre en vente."), code)


def _no_plan() -> Obstacle:
    return _obstacle("quote.no_plan", text.T("La ligne n’a pas d’offre principale."), text.T("Choisissez un forfait."), "plan")


def _not_alone(offering: catalogue.OfferingRecord) -> Obstacle:
    message = text.T("« {name} » ne se vend pas seule.", name=offering.name_fr)
    return _obstacle("quote.not_alone", message, text.T("Mettez-la sur une ligne qui porte un forfait."), offering.code)
