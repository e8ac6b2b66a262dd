"""A population of customers made from synthetic companies: who follows them, whom to call, how they pay."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import re
import uuid
from collections.abc import Iterator, Sequence

from come.party import policies, records
from come.party.generator import companies, words
from come.party.matching import names
from come.shared import identifiers

_ROLES = ("Gestion de flotte", "Direction", "Comptabilité", "Achats", "Informatique")
_CENTRES = (
    ("ADM", "Administration"), ("COM", "Commerce"), ("TECH", "Technique"), ("LOG", "Logistique"), ("PROD", "Production"),
    ("SAV", "Service après-vente"), ("RH", "Ressources humaines"), ("DIR", "Direction"), ("INFO", "Informatique"), ("CHAN", "Chantiers"),
)  # fmt: skip
_FORM_WORD = re.compile(rf"^(?:{'|'.join(('SOCIETE', 'ETABLISSEMENTS', 'STE', 'ETS', *words.LEGAL_FORMS.values()))}) ", re.IGNORECASE)
_SAID = {"Et": "et", "De": "de", "Associes": "Associés", "Cie": "Cie"}
_PROSPECT_EVERY = 9
_MOST_SITE_ACCOUNTS = 4
_FIRST_MANDATE = dt.date(2023, 1, 9)


@dataclasses.dataclass(frozen=True, slots=True)
class AgencyStaff:
    """An agency of the population: who owns its files, and the departments that it prospects (none = any)."""

    agency_id: uuid.UUID
    owner_ids: tuple[uuid.UUID, ...]
    departments: frozenset[str] = frozenset()


def population(*, seed: int, agencies: Sequence[AgencyStaff], companies: int = 300) -> tuple[records.CompanyRow, ...]:
    """Return rows for `commands.load_companies`: open companies of the synthetic registry of this seed, in its order.

    Each has its head office and other places, contacts, and one billing account or several; one in a hundred is large
    (size_category GE), with accounts by site and cost centres. The same arguments give the same rows.
    """
    rows = []
    for position, one in enumerate(_open_companies(seed, companies)):
        dice = random.Random(f"{seed}:customer:{one.number}")  # noqa: S311 - reproducible fiction, no secret
        agency = _agency(agencies, one.places[0].postcode, position)
        rows.append(_row(dice, one, position, agency))
    return tuple(rows)


def _open_companies(seed: int, wanted: int) -> Iterator[companies.Company]:
    found = 0
    for number in range(companies.SUPPLY):
        if found == wanted:
            return
        one = companies.company(number, seed)
        if one.is_active and not one.is_masked:
            found += 1
            yield one


def _agency(agencies: Sequence[AgencyStaff], postcode: str, position: int) -> AgencyStaff:
    near = [agency for agency in agencies if postcode[:2] in agency.departments]
    return near[0] if near else agencies[position % len(agencies)]


def _row(dice: random.Random, one: companies.Company, position: int, agency: AgencyStaff) -> records.CompanyRow:
    usual = usual_name(one.name)
    slug = names.fold(usual).replace(" ", "-")
    return records.CompanyRow(
        siren=one.siren,
        legal_name=one.name,
        legal_form=one.legal_form,
        naf=one.naf,
        size_category=one.size_category,
        establishments=tuple(
            records.EstablishmentRow(
                siret=place.siret,
                is_head_office=place.is_head_office,
                sign=place.sign,
                street=place.street,
                postcode=place.postcode,
                city=place.city,
                insee_commune=place.insee,
                is_active=place.is_active,
            )
            for place in one.places
        ),
        segment=_segment(one),
        agency_id=agency.agency_id,
        owner_id=agency.owner_ids[dice.randrange(len(agency.owner_ids))] if agency.owner_ids else None,
        usual_name=usual,
        old_names=(f"{dice.choice(words.COINED)} {one.trade}".upper(),) if dice.random() < 0.1 else (),
        contacts=_contacts(dice, slug, position),
        accounts=_accounts(dice, one, usual, slug, position),
        state="prospect" if position % _PROSPECT_EVERY == _PROSPECT_EVERY - 1 and one.size_category == "PME" else "active",
    )


def usual_name(legal_name: str) -> str:
    """Return a legal name as people say it: no leading legal form, capitals at the head of words alone."""
    said = _FORM_WORD.sub("", legal_name)
    capitalised = [word if "." in word else "-".join(part.capitalize() for part in word.split("-")) for word in said.split()]
    return " ".join(_SAID.get(word, word) for word in capitalised)


def _segment(one: companies.Company) -> str:
    if one.form_code == words.PUBLIC_BODY:
        return "public"
    if one.size_category in {"ETI", "GE"}:
        return "enterprise"
    return "pro" if one.is_small else "pme"


def _contacts(dice: random.Random, slug: str, position: int) -> tuple[records.ContactRow, ...]:
    found = []
    for index in range(dice.choice((1, 1, 2, 3))):
        given, family = dice.choice(words.FIRST_NAMES), dice.choice(words.SURNAMES)
        # 01 99 00 is kept for fiction by Arcep.
        phone = f"+33 1 99 00 {position % 100:02d} {dice.randrange(100):02d}".replace(" ", "")
        mail = f"{names.fold(given)}.{names.fold(family).replace(' ', '')}@{slug[:40].strip('-')}.example"
        found.append(records.ContactRow(f"{given} {family}", _ROLES[index], phone, mail, given, family))
    return tuple(found)


def _accounts(dice: random.Random, one: companies.Company, usual: str, slug: str, position: int) -> tuple[records.AccountRow, ...]:
    places = [place for place in one.places if place.is_active]
    is_by_site = one.size_category == "GE" or (len(places) > 2 and dice.random() < 0.15)
    sites = places[:_MOST_SITE_ACCOUNTS] if is_by_site else places[:1]
    return tuple(
        _account(dice, one, site, (usual, slug), number=position * 10 + index, is_by_site=is_by_site) for index, site in enumerate(sites)
    )


def _account(
    dice: random.Random,
    one: companies.Company,
    site: companies.Place,
    called: tuple[str, str],
    *,
    number: int,
    is_by_site: bool,
) -> records.AccountRow:
    usual, slug = called
    is_public = one.form_code == words.PUBLIC_BODY
    is_debited = not is_public and dice.random() < 0.6
    has_centres = one.size_category != "PME"
    mandate_on = _FIRST_MANDATE + dt.timedelta(days=dice.randrange(1_200))
    return records.AccountRow(
        name=f"{usual} – {site.city}" if is_by_site else usual,
        siret=site.siret,
        payment_means="direct_debit" if is_debited else "transfer",
        iban=identifiers.test_iban(number + 1) if is_debited else "",
        mandate_reference=f"NVL-{one.siren}-{number:05d}" if is_debited else "",
        mandate_signed_on=mandate_on if is_debited else None,
        purchase_order_number=f"BC-2026-{1_000 + number}" if is_public or (has_centres and dice.random() < 0.3) else "",
        vat_territory=policies.vat_territory(site.postcode),
        payment_term_days=dice.choice((30, 45)) if has_centres else 30,
        email=f"comptabilite@{slug[:40].strip('-')}.example",
        is_split_by_cost_centre=has_centres and dice.random() < 0.4,
        cost_centres=tuple(sorted(dice.sample(_CENTRES, dice.randrange(4, 9)))) if has_centres else (),
    )
