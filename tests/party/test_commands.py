"""Opening files: on the right establishment, once, by those who may."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import connection
from django.test import utils

import party_world
from come.party import commands, generator, models, queries, records
from come.shared import identifiers, models as shared_models, obstacles, queries as shared_queries

AT = party_world.AT


def _codes(refused) -> list[str]:
    return [one.code for one in refused.value.obstacles]


def _counts() -> tuple[int, ...]:
    tables = (models.LegalUnit, models.Establishment, models.PartyName, models.CustomerFile, shared_models.EventLog)
    return tuple(table.objects.count() for table in tables)


def test_a_file_takes_its_identity_from_the_registry(cast):
    one = party_world.company(size_category="GE")
    made = party_world.open_file(one, cast.alice, segment="enterprise")

    found = queries.company_page(reference=made.reference, viewer=cast.alice)
    head = one.places[0]
    assert found.customer.siren == one.siren
    assert found.customer.siret == head.siret
    assert found.customer.legal_name == one.legal_name
    assert found.customer.vat_number == identifiers.vat_from_siren(one.siren)
    assert (found.customer.street, found.customer.postcode, found.customer.city) == (head.street, head.postcode, head.city)
    assert (found.customer.agency_id, found.customer.owner_name) == (cast.lyon, "Alice Morel")
    assert (found.source, found.source_date) == ("registry", party_world.AS_OF)
    assert found.customer.state == "prospect"
    assert not found.customer.is_provisional
    [event] = models_events("CustomerFileCreated")
    assert event.payload == {"customer_file_id": str(made.customer_file_id), "reference": made.reference, "siren": one.siren}
    assert f"company:{made.customer_file_id}" in event.subjects


def models_events(name: str) -> list[shared_models.EventLog]:
    return list(shared_models.EventLog.objects.filter(name=name))


def test_the_same_perimeter_is_refused_with_its_reference(cast):
    one = party_world.company()
    made = party_world.open_file(one, cast.alice)
    before = _counts()

    with pytest.raises(obstacles.Refusal) as refused:
        party_world.open_file(one, cast.bob, siret=" ".join(one.places[0].siret))

    assert _codes(refused) == ["party.file_exists"]
    assert made.reference in refused.value.obstacles[0].message
    assert _counts() == before


def test_another_agency_is_told_who_follows_it_and_nothing_else(cast):
    one = party_world.company()
    made = party_world.open_file(one, cast.alice, name="Client secret")

    with pytest.raises(obstacles.Refusal) as refused:
        party_world.open_file(one, cast.charlie)

    [told] = refused.value.obstacles
    assert told.code == "party.file_exists_elsewhere"
    assert told.message == "Cet établissement est déjà suivi par Agence Lyon."
    assert made.reference not in str(told)
    assert "secret" not in str(told)


def test_another_perimeter_of_the_same_establishment_is_legitimate(cast):
    one = party_world.company()
    first = party_world.open_file(one, cast.alice)
    second = party_world.open_file(one, cast.charlie, perimeter="  Direction   technique ")

    assert first.reference != second.reference
    assert models.LegalUnit.objects.filter(siren=one.siren).count() == 1
    with pytest.raises(obstacles.Refusal) as refused:
        party_world.open_file(one, cast.charlie, perimeter="Direction technique")
    assert _codes(refused) == ["party.file_exists"]


@pytest.mark.parametrize(
    ("siret", "code"),
    [
        ("123", "party.siret"),
        ("11122233344455", "party.siret"),
        (identifiers.test_siret(identifiers.test_siren(999_000), 1), "party.unknown_siret"),
    ],
)
def test_a_wrong_or_unknown_siret_is_refused(cast, siret, code):
    before = _counts()
    with pytest.raises(obstacles.Refusal) as refused:
        party_world.open_file(party_world.company(), cast.alice, siret=siret)
    assert _codes(refused) == [code]
    assert refused.value.obstacles[0].next_step
    assert _counts() == before


def test_a_closed_company_is_refused_and_a_provisional_file_still_sells(cast):
    one = party_world.company(is_active=False)
    before = _counts()
    with pytest.raises(obstacles.Refusal) as refused:
        party_world.open_file(one, cast.alice)
    assert _codes(refused) == ["party.closed"]
    assert _counts() == before

    made = commands.create_provisional_file(
        name=one.name,
        agency_id=cast.lyon,
        owner_id=cast.alice.staff_id,
        segment="pme",
        actor=cast.alice,
        at=AT,
    )
    assert queries.customer_file(reference=made.reference, viewer=cast.alice).is_provisional


def test_a_person_who_opposes_diffusion_is_named_by_the_seller_alone(cast):
    one = party_world.company(is_masked=True, is_active=True)
    before = _counts()
    with pytest.raises(obstacles.Refusal) as refused:
        party_world.open_file(one, cast.alice)
    assert _codes(refused) == ["party.no_name"]
    assert _counts() == before

    made = party_world.open_file(one, cast.alice, name="Atelier Camille")
    found = queries.company_page(reference=made.reference, viewer=cast.alice)
    assert (found.customer.name, found.customer.legal_name, found.diffusion) == ("Atelier Camille", "Atelier Camille", "P")
    assert found.customer.street == ""
    assert found.customer.city == one.places[0].city
    assert {name.value for name in found.names} == {"Atelier Camille", "ac"}


def test_nobody_opens_a_file_without_the_right_or_for_another_agency(cast):
    one = party_world.company()
    before = _counts()
    with pytest.raises(obstacles.NotAllowed):
        party_world.open_file(one, cast.hugo, agency_id=cast.lyon)
    with pytest.raises(obstacles.NotAllowed):
        party_world.open_file(one, cast.charlie, agency_id=cast.lyon)
    with pytest.raises(obstacles.NotAllowed):
        commands.create_provisional_file(name="X", agency_id=cast.lyon, owner_id=None, segment="pme", actor=cast.karim, at=AT)
    assert _counts() == before


def test_one_request_opens_one_file(cast):
    one = party_world.company()
    alice = cast.alice.with_request("double-clic")
    first = party_world.open_file(one, alice)
    again = party_world.open_file(one, alice)
    assert first == again
    assert models.CustomerFile.objects.count() == 1
    with pytest.raises(obstacles.Conflict):
        party_world.open_file(party_world.company(1), alice)


def _provisional(cast, name: str, **given: object) -> commands.CreatedFile:
    values = {"name": name, "agency_id": cast.lyon, "owner_id": cast.alice.staff_id, "segment": "pme", "actor": cast.alice, "at": AT}
    return commands.create_provisional_file(**(values | given))


def test_a_lookalike_is_asked_about_and_the_answer_is_kept(cast):
    first = _provisional(cast, "Boulangerie Éclat d’Or")
    before = _counts()

    with pytest.raises(obstacles.Conflict) as asked:
        _provisional(cast, "BOULANGERIE ECLAT D'OR SARL")
    assert _codes(asked) == ["party.looks_like"]
    assert first.reference in asked.value.obstacles[0].message
    assert "même nom +6,5" in asked.value.obstacles[0].message
    assert _counts() == before

    second = _provisional(cast, "BOULANGERIE ECLAT D'OR SARL", different_because="autre ville, autre gérant")
    assert second.reference != first.reference
    assert models_events("CustomerFileCreated")[-1].after["different_because"] == "autre ville, autre gérant"


def test_a_lookalike_of_another_agency_is_asked_about_without_its_name(cast):
    _provisional(cast, "Boulangerie Éclat d’Or")
    with pytest.raises(obstacles.Conflict) as asked:
        _provisional(cast, "boulangerie éclat d or", agency_id=cast.nantes, actor=cast.charlie)
    assert _codes(asked) == ["party.looks_like_elsewhere"]
    assert "CLI-" not in asked.value.obstacles[0].message
    assert "Agence Lyon" in asked.value.obstacles[0].message


def test_a_registered_company_that_looks_like_a_provisional_file_asks(cast):
    one = party_world.company()
    provisional = _provisional(cast, one.name)
    with pytest.raises(obstacles.Conflict) as asked:
        party_world.open_file(one, cast.alice)
    assert provisional.reference in asked.value.obstacles[0].message

    commands.place_customer_file(customer_file_id=provisional.customer_file_id, siret=one.places[0].siret, actor=cast.alice, at=AT)
    placed = queries.customer_file(reference=provisional.reference, viewer=cast.alice)
    assert (placed.siren, placed.siret, placed.is_provisional) == (one.siren, one.places[0].siret, False)
    assert models.LegalUnit.objects.count() == 1


def test_placing_a_provisional_file_completes_its_accounts_and_keeps_its_company(cast):
    one = party_world.company()
    provisional = _provisional(cast, "Nom donné par le client")
    unit = queries.customer_file(reference=provisional.reference, viewer=cast.alice).legal_unit_id
    made = commands.create_billing_account(
        customer_file_id=provisional.customer_file_id,
        account=party_world.account(),
        actor=cast.alice,
        at=AT,
    )
    assert (made.endpoint_id, made.city) == ("", "")

    place = {"customer_file_id": provisional.customer_file_id, "siret": one.places[0].siret, "at": AT}
    with pytest.raises(obstacles.NotAllowed):
        commands.place_customer_file(**place, actor=cast.charlie)
    commands.place_customer_file(**place, actor=cast.bob)
    commands.place_customer_file(**place, actor=cast.bob)

    found = queries.customer_file(reference=provisional.reference, viewer=cast.alice)
    assert (found.legal_unit_id, found.legal_name, found.name) == (unit, one.legal_name, "Nom donné par le client")
    account = queries.billing_account(account_id=made.id)
    assert (account.endpoint_id, account.city) == (one.siren, one.places[0].city)
    assert len(models_events("CustomerFilePlaced")) == 1
    with pytest.raises(obstacles.Conflict) as refused:
        commands.place_customer_file(
            customer_file_id=provisional.customer_file_id,
            siret=party_world.company(1).places[0].siret,
            actor=cast.bob,
            at=AT,
        )
    assert _codes(refused) == ["party.placed_already"]


def test_placing_on_an_establishment_that_has_a_file_is_refused(cast):
    one = party_world.company()
    party_world.open_file(one, cast.alice)
    provisional = _provisional(cast, "Tout autre nom")
    with pytest.raises(obstacles.Refusal) as refused:
        commands.place_customer_file(customer_file_id=provisional.customer_file_id, siret=one.places[0].siret, actor=cast.alice, at=AT)
    assert _codes(refused) == ["party.file_exists"]
    assert queries.customer_file(reference=provisional.reference, viewer=cast.alice).is_provisional


def test_one_more_establishment_comes_from_the_registry_once(cast):
    one = next(found for found in (party_world.company(position) for position in range(50)) if len(found.places) > 1)
    made = party_world.open_file(one, cast.alice)
    added = {"customer_file_id": made.customer_file_id, "siret": one.places[1].siret, "at": AT}
    first = commands.add_establishment(**added, actor=cast.alice)
    assert commands.add_establishment(**added, actor=cast.bob) == first
    page = queries.company_page(reference=made.reference, viewer=cast.alice)
    assert [place.siret for place in page.establishments] == [one.places[0].siret, one.places[1].siret]
    assert len(models_events("EstablishmentAdded")) == 1

    other = party_world.company(-1)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.add_establishment(**(added | {"siret": other.places[0].siret}), actor=cast.alice)
    assert _codes(refused) == ["party.siret_of_other"]
    with pytest.raises(obstacles.NotAllowed):
        commands.add_establishment(**added, actor=cast.charlie)


def test_an_account_tells_everything_that_is_wrong_at_once(cast):
    made = party_world.open_file(party_world.company(), cast.alice)
    wrong = party_world.account(
        name=" ",
        iban="FR7612345",
        payment_means="direct_debit",
        payment_term_days=90,
        email="pas une adresse",
    )
    with pytest.raises(obstacles.Refusal) as refused:
        commands.create_billing_account(customer_file_id=made.customer_file_id, account=wrong, actor=cast.alice, at=AT)
    assert sorted(one.path for one in refused.value.obstacles) == ["email", "iban", "mandate_reference", "name", "payment_term_days"]
    assert models.BillingAccount.objects.count() == 0


def test_an_account_by_direct_debit_with_cost_centres(cast):
    one = party_world.company()
    made = party_world.open_file(one, cast.alice)
    wanted = party_world.account(
        payment_means="direct_debit",
        iban=identifiers.test_iban(3),
        mandate_reference="NVL-1",
        cost_centres=(("B", "Atelier"), ("A", "Siège")),
    )
    alice = cast.alice.with_request("compte")
    arguments = {"customer_file_id": made.customer_file_id, "account": wanted, "at": AT}
    account = commands.create_billing_account(**arguments, actor=alice)
    assert commands.create_billing_account(**arguments, actor=alice).id == account.id
    assert [(centre.code, centre.name) for centre in account.cost_centres] == [("A", "Siège"), ("B", "Atelier")]
    assert (account.endpoint_scheme, account.endpoint_id, account.vat_territory) == ("0225", one.siren, "FR")
    assert account.reference.startswith("CF-2026-")
    with pytest.raises(obstacles.Conflict):
        commands.create_billing_account(**(arguments | {"account": dataclasses.replace(wanted, payment_term_days=45)}), actor=alice)
    with pytest.raises(obstacles.NotAllowed):
        commands.create_billing_account(**arguments, actor=cast.charlie)

    centre = commands.add_cost_centre(billing_account_id=account.id, code=" C ", name="Chantiers", actor=cast.bob, at=AT)
    assert commands.add_cost_centre(billing_account_id=account.id, code="C", name="Autre", actor=cast.bob, at=AT) == centre
    assert [one.code for one in queries.cost_centres(account_ids=[account.id])] == ["A", "B", "C"]
    with pytest.raises(obstacles.NotAllowed):
        commands.add_cost_centre(billing_account_id=account.id, code="D", name="", actor=cast.charlie, at=AT)


def test_a_contact_is_added_once_by_one_request(cast):
    made = party_world.open_file(party_world.company(), cast.alice)
    alice = cast.alice.with_request("contact")
    person = records.ContactRow("", "Achats", "01 99 00 12 34", "Lea.Roche@client.example", "Léa", "Roche")
    first = commands.add_contact_point(customer_file_id=made.customer_file_id, contact=person, actor=alice, at=AT)
    assert commands.add_contact_point(customer_file_id=made.customer_file_id, contact=person, actor=alice, at=AT) == first
    [kept] = queries.company_page(reference=made.reference, viewer=cast.alice).contacts
    assert (kept.name, kept.phone, kept.email) == ("Léa Roche", "+33199001234", "lea.roche@client.example")
    with pytest.raises(obstacles.Refusal) as refused:
        commands.add_contact_point(
            customer_file_id=made.customer_file_id,
            contact=records.ContactRow("", "", "12", "x"),
            actor=cast.alice,
            at=AT,
        )
    assert [one.path for one in refused.value.obstacles] == ["name", "phone", "email"]
    with pytest.raises(obstacles.NotAllowed):
        commands.add_contact_point(customer_file_id=made.customer_file_id, contact=person, actor=cast.charlie, at=AT)


def test_a_renamed_file_is_found_by_both_names(cast):
    made = party_world.open_file(party_world.company(), cast.alice, name="Ancien Nom Usuel")
    commands.rename_customer_file(customer_file_id=made.customer_file_id, name="Zéphyrine", actor=cast.alice, at=AT)
    for words in ("ancien nom usuel", "zephyrine"):
        assert [hit.title for hit in queries.search_hits(text=words, viewer=cast.alice, limit=5)] == ["Zéphyrine"]
    [event] = models_events("CustomerFileRenamed")
    assert (event.before, event.after) == ({"name": "Ancien Nom Usuel"}, {"name": "Zéphyrine"})


def test_a_company_is_registered_once_by_siren(cast):
    one = party_world.company()
    commands.register_company(siren=one.siren, actor=cast.alice, at=AT)
    with pytest.raises(obstacles.Conflict) as refused:
        commands.register_company(siren=one.siren, actor=cast.charlie, at=AT)
    assert _codes(refused) == ["party.company_known"]
    with pytest.raises(obstacles.Refusal) as refused:
        commands.register_company(actor=cast.alice, at=AT)
    assert _codes(refused) == ["party.no_identity"]
    with pytest.raises(obstacles.Refusal) as refused:
        commands.register_company(siren=identifiers.test_siren(999_000), actor=cast.alice, at=AT)
    assert _codes(refused) == ["party.unknown_siren"]


def _agencies(cast) -> list[generator.AgencyStaff]:
    return [
        generator.AgencyStaff(cast.lyon, (cast.alice.staff_id,), frozenset({"69", "42", "01"})),
        generator.AgencyStaff(cast.nantes, (cast.charlie.staff_id,)),
    ]


def test_a_load_creates_everything_once(cast):
    rows = generator.population(seed=3, agencies=_agencies(cast), companies=40)
    loaded = commands.load_companies(rows=rows, actor=cast.alice, at=AT)
    again = commands.load_companies(rows=rows, actor=cast.alice, at=AT)

    assert loaded == again
    assert [one.siren for one in loaded] == [row.siren for row in rows]
    assert models.LegalUnit.objects.count() == 40
    assert models.Establishment.objects.count() == sum(len(row.establishments) for row in rows)
    assert models.ContactPoint.objects.count() == sum(len(row.contacts) for row in rows)
    assert models.BillingAccount.objects.count() == sum(len(row.accounts) for row in rows)
    assert models.CostCentre.objects.count() == sum(len(account.cost_centres) for row in rows for account in row.accounts)
    [event] = models_events("CompaniesLoaded")
    assert event.payload == {"count": 40, "created": 40}
    told = shared_queries.events_about(subject=f"company:{loaded[7].customer_file_id}", limit=5)
    assert [one.name for one in told] == ["CompaniesLoaded"]


def test_a_load_with_errors_says_all_of_them_and_loads_nothing(cast):
    first, second, third = generator.population(seed=3, agencies=_agencies(cast), companies=3)
    bad_place = dataclasses.replace(second.establishments[0], siret=first.establishments[0].siret)
    rows = [
        dataclasses.replace(first, siren="123"),
        dataclasses.replace(second, establishments=(bad_place,)),
        dataclasses.replace(third, accounts=(party_world.account(iban="FR00"),)),
    ]
    with pytest.raises(obstacles.Refusal) as refused:
        commands.load_companies(rows=rows, actor=cast.alice, at=AT)
    paths = {one.path for one in refused.value.obstacles}
    assert {"rows/0/siren", "rows/1/establishments/0/siret", "rows/2/accounts/0/iban"} <= paths
    assert models.LegalUnit.objects.count() == 0


def test_a_load_takes_the_same_statements_whatever_its_size(cast):
    counts = []
    for seed, size in ((11, 5), (12, 50)):
        rows = [dataclasses.replace(row) for row in generator.population(seed=seed, agencies=_agencies(cast), companies=60)[60 - size :]]
        models.LegalUnit.objects.count()
        with utils.CaptureQueriesContext(
            connection,
        ) as captured:
            commands.load_companies(rows=rows, actor=cast.alice, at=AT)
        counts.append(len(captured))
        for table in (models.CostCentre, models.BillingAccount, models.ContactPoint, models.CustomerFile, models.PartyName,
                      models.Establishment, models.LegalUnit):  # fmt: skip
            table.objects.all().delete()
    assert counts[0] == counts[1]
