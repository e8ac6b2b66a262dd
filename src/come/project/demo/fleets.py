"""The forty fleets that the operator has already: drawn from the seed, priced by the kernel, installed as a set."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import random
import uuid
from collections.abc import Iterator, Sequence

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.inventory import records as inventory
from come.order.policies import freezing
from come.party import queries as party_queries, records as party
from come.project.demo import story
from come.quote import pricing, records as quotes
from come.shared import identifiers

FIRST_NAMES = (
    "Camille", "Louis", "Emma", "Hugo", "Léa", "Jules", "Manon", "Arthur", "Chloé", "Nathan", "Inès", "Gabriel", "Zoé", "Paul", "Sarah",
    "Thomas", "Élodie", "Karim", "Aïcha", "Mathieu", "Noémie", "Benoît", "Céline", "François", "Yasmine", "Adrien", "Maëlle", "Tom",
)  # fmt: skip
SURNAMES = (
    "Morel", "Garnier", "Faure", "Blanchard", "Perrot", "Chevalier", "Renaud", "Besson", "Charpentier", "Marchand", "Lacroix", "Vidal",
    "Leroux", "Guillot", "Berger", "Colin", "Fontaine", "Roche", "Barbier", "Meunier", "Gauthier", "Brunet", "Delmas", "Pichon", "Le Goff",
    "Ferrand", "Schmitt", "Vasseur", "Bouvier", "Diallo", "Benali", "Nguyen", "Da Silva", "Martinez", "Rossi", "Haddad",
)  # fmt: skip
# What a line of a fleet is: plan, options, device, share in a thousand.
_MIX = (
    (("MOB-ILL-50", (), ""), 260),
    (("MOB-ILL-50", ("OPT-ROAM-Z1",), ""), 70),
    (("MOB-ILL-20", (), ""), 170),
    (("MOB-ILL-100", ("OPT-SECURITE",), ""), 60),
    (("MOB-ECO-2H", (), ""), 110),
    (("MOB-ECO-5H", (), ""), 80),
    (("DATA-50", (), ""), 60),
    (("DATA-10", (), ""), 50),
    (("MOB-ILL-50", (), "TEL-ALTIA-A5-24X"), 60),
    (("MOB-ILL-100", ("OPT-ROAM-Z1", "OPT-SECURITE"), "TEL-KESTREL-K12-24X"), 30),
    (("M2M-5M", (), ""), 50),
)
_FIRST_NUMBER = 100_000
_M2M_FIRST = 10_000
_OLDEST_DAYS = 900


@dataclasses.dataclass(frozen=True, slots=True)
class Fleet:
    """One fleet: whose, how many lines, under which agreement."""

    siren: str
    line_count: int
    has_agreement: bool


def sizes() -> list[int]:
    """Return the sizes of the forty fleets: one of 5,000 lines, one of 500, the others between 5 and 120."""
    dice = random.Random(f"{story.SEED}:sizes")  # noqa: S311 - reproducible fiction
    return [story.BIG_FLEET_LINES, story.MIDDLE_FLEET_LINES, *(dice.randrange(5, 120) for _ in range(story.FLEETS - 2))]


def lines(
    *,
    fleet_number: int,
    customer: party.CustomerFileRecord,
    accounts: Sequence[party.BillingAccountRecord],
    agreement: catalogue.AgreementRecord | None,
    line_count: int,
    first_line: int,
) -> list[inventory.NewLine]:
    """Return the lines of one fleet with frozen prices and usage terms, the same at every run.

    Raises ValueError when the catalogue cannot sell what the fleet holds: a demonstration that lies is worse than none.
    """
    dice = random.Random(f"{story.SEED}:fleet:{fleet_number}")  # noqa: S311 - reproducible fiction
    snapshot = catalogue_queries.catalogue_snapshot(at=story.LOADED_AT.date())
    sold = [(mix, weight) for mix, weight in _MIX if _is_sold(mix, snapshot, customer.segment)]
    drawn = dice.choices([mix for mix, _ in sold], [weight for _, weight in sold], k=line_count)
    patterns = [quotes.Pattern(plan, tuple(sorted(options)), device) for plan, options, device in drawn]
    priced = pricing.price_quote(
        quantities=collections.Counter(patterns),
        snapshot=snapshot,
        agreement=agreement,
        segment=customer.segment,
    )
    frozen = {one.pattern: _frozen(one, snapshot) for one in priced.patterns}
    return list(_lines(dice, patterns, frozen, customer, accounts, agreement, fleet_number, first_line))


def _is_sold(mix: tuple[str, tuple[str, ...], str], snapshot: catalogue.CatalogueSnapshot, segment: str) -> bool:
    plan, options, device = mix
    offerings = [snapshot.offerings[code] for code in (plan, *options, device) if code]
    return all(not offering.segments or segment in offering.segments for offering in offerings)


def _frozen(one: quotes.PricedPattern, snapshot: catalogue.CatalogueSnapshot) -> freezing.FrozenPattern:
    if one.obstacles:
        msg = f"the demonstration's fleet cannot be sold: {[str(obstacle.message) for obstacle in one.obstacles]}"
        raise ValueError(msg)
    pattern, found = freezing.freeze(
        plan_code=one.pattern.plan_code,
        option_codes=one.pattern.option_codes,
        device_code=one.pattern.device_code,
        prices=[
            freezing.AgreedPrice(
                offering_code=component.offering_code,
                offering_version=component.offering_version,
                price_code=component.price_code,
                price_type=str(component.price_type),
                list_amount=component.list_amount,
                amount=component.amount,
                clause_number=component.clause_number or "",
                clause_text=str(component.clause_text),
                reason_fr=str(component.reason_fr),
            )
            for component in one.components
        ],
        offerings=snapshot.offerings,
    )
    if pattern is None:
        msg = f"the demonstration's fleet cannot be frozen: {[str(obstacle.message) for obstacle in found]}"
        raise ValueError(msg)
    return pattern


def _lines(  # noqa: PLR0917 - one private caller
    dice: random.Random,
    patterns: Sequence[quotes.Pattern],
    frozen: dict[quotes.Pattern, freezing.FrozenPattern],
    customer: party.CustomerFileRecord,
    accounts: Sequence[party.BillingAccountRecord],
    agreement: catalogue.AgreementRecord | None,
    fleet_number: int,
    first_line: int,
) -> Iterator[inventory.NewLine]:
    for index, pattern in enumerate(patterns):
        kept = frozen[pattern]
        prices, terms, parts = freezing.new_parts(kept.frozen)
        number = first_line + index
        is_m2m = kept.plan_kind == catalogue.OfferingKind.M2M
        account = accounts[index % len(accounts)]
        centre = account.cost_centres[index % len(account.cost_centres)] if account.cost_centres else None
        activated_at = story.LOADED_AT - dt.timedelta(days=dice.randrange(20, _OLDEST_DAYS))
        yield inventory.NewLine(
            line_id=line_id(fleet_number, index),
            customer_file_id=customer.id,
            agency_id=customer.agency_id,
            billing_account_id=account.id,
            offering_code=kept.plan_code,
            offering_version=kept.plan_version,
            name_fr=kept.plan_name_fr,
            activated_at=activated_at,
            user_label=f"Capteur {index + 1:05d}" if is_m2m else f"{dice.choice(FIRST_NAMES)} {dice.choice(SURNAMES)}",
            cost_centre_id=centre.id if centre else None,
            msisdn=identifiers.test_m2m_msisdn(_M2M_FIRST + number) if is_m2m else identifiers.test_msisdn(_FIRST_NUMBER + number),
            number_kind="m2m" if is_m2m else "mobile",
            iccid=identifiers.test_iccid(_FIRST_NUMBER + number),
            agreement_reference=agreement.reference if agreement else "",
            prices=prices,
            terms=terms,
            parts=parts,
        )


def line_id(fleet_number: int, index: int) -> uuid.UUID:
    """Return the id of a fleet's line, the same at every run."""
    return story.stable_id("line", fleet_number, index)


def accounts_of(customer_file_id: uuid.UUID) -> list[party.BillingAccountRecord]:
    """Return the accounts of a customer, in order."""
    return party_queries.billing_accounts(customer_file_id=customer_file_id)
