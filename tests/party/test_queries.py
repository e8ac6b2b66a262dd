"""What is found, by whom, in how many statements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import utils

import party_world
from come.party import commands, generator, models, queries
from come.party.matching import score
from come.shared import identifiers, obstacles

AT = party_world.AT


@pytest.fixture
def loaded(cast):
    agencies = [
        generator.AgencyStaff(cast.lyon, (cast.alice.staff_id, cast.bob.staff_id)),
        generator.AgencyStaff(cast.nantes, (cast.charlie.staff_id,)),
    ]
    rows = generator.population(seed=5, agencies=agencies, companies=120)
    return list(zip(rows, commands.load_companies(rows=rows, actor=cast.alice, at=AT), strict=True))


def _of_lyon(loaded, cast, **wanted):
    return next((row, made) for row, made in loaded if row.agency_id == cast.lyon and all(getattr(row, k) == v for k, v in wanted.items()))


def _found(words: str, viewer) -> list[str]:
    return [hit.url.rstrip("/").rsplit("/", 1)[-1] for hit in queries.search_hits(text=words, viewer=viewer, limit=8)]


def test_a_company_is_found_by_each_of_its_identifiers(loaded, cast):
    row, made = _of_lyon(loaded, cast)
    siret = row.establishments[-1].siret
    spaced = f"{row.siren[:3]} {row.siren[3:6]} {row.siren[6:]}"
    vat = identifiers.vat_from_siren(row.siren)
    for words in (row.siren, spaced, siret, f"{spaced} {siret[9:]}", vat, f"{vat[:4]} {spaced}", made.customer_file_reference.lower()):
        assert _found(words, cast.alice) == [made.customer_file_reference], words


def test_a_company_is_found_by_any_name_with_a_letter_wrong_or_words_swapped(loaded, cast):
    for row, made in [one for one in loaded if one[0].agency_id == cast.lyon][:40]:
        words = row.usual_name.split()
        middle = max(words, key=len)
        typo = row.usual_name.replace(middle, middle[:2] + middle[3:])
        for asked in (row.legal_name, row.usual_name.upper(), typo, " ".join(reversed(words)), row.usual_name.replace(" ", "")):
            assert made.customer_file_reference in _found(asked, cast.alice), asked


def test_a_company_is_found_by_sign_old_name_contact_and_town(loaded, cast):
    row, made = next(
        (row, made)
        for row, made in loaded
        if row.agency_id == cast.lyon and row.old_names and any(place.sign for place in row.establishments)
    )
    sign = next(place.sign for place in row.establishments if place.sign)
    person = row.contacts[0]
    for asked in (row.old_names[0], sign, person.email.upper(), person.phone, f"{row.usual_name} {row.establishments[0].city}"):
        assert made.customer_file_reference in _found(asked, cast.alice), asked
    town = row.establishments[0].city
    here = {one.customer_file_reference for each, one in loaded if town in {place.city for place in each.establishments if place.is_active}}
    assert set(_found(town, cast.alice)) <= here


def test_the_other_agency_finds_nothing_by_name_and_is_told_by_number(loaded, cast):
    row, made = _of_lyon(loaded, cast)
    assert made.customer_file_reference not in _found(row.usual_name, cast.charlie)
    [hit] = queries.search_hits(text=row.siren, viewer=cast.charlie, limit=5)
    assert (hit.title, hit.subtitle) == (f"SIREN {row.siren}", "Existe ; suivie par Agence Lyon")
    assert made.customer_file_reference not in str(hit)
    assert row.usual_name not in str(hit)
    assert queries.search_hits(text=row.siren, viewer=cast.marc, limit=5) == []


def test_words_that_name_nothing_find_nothing(loaded, cast):
    for words in ("zzzyyyxxx", "12", "@", "--", "06 39 98 00 00"):
        assert _found(words, cast.alice) == []


def test_a_search_takes_a_few_statements(loaded, cast):
    row, _ = _of_lyon(loaded, cast)
    for words, most in ((row.siren, 2), (row.usual_name, 3), (f"{row.usual_name} {row.establishments[0].city}", 4), ("zzzyyyxxx", 2)):
        with utils.CaptureQueriesContext(connection) as captured:
            queries.search_hits(text=words, viewer=cast.alice, limit=8)
        assert len(captured) <= most, [one["sql"] for one in captured]


def test_a_company_page_takes_the_same_statements_whatever_it_holds(loaded, cast):
    large = next(made for row, made in loaded if row.size_category == "GE")
    small = next(made for row, made in loaded if len(row.establishments) == 1)
    system = cast.hugo
    counts = []
    for made in (large, small):
        with utils.CaptureQueriesContext(connection) as captured:
            queries.company_page(reference=made.customer_file_reference, viewer=system)
        counts.append(len(captured))
    assert counts == [8, 8]


def test_records_are_given_to_other_packages_in_one_statement(loaded, cast, django_assert_num_queries):
    ids = [made.customer_file_id for _, made in loaded]
    with django_assert_num_queries(1):
        everything = queries.customer_files(ids=ids)
    assert set(everything) == set(ids)
    with django_assert_num_queries(1):
        seen = queries.customer_files(ids=ids, viewer=cast.charlie)
    assert {one.agency_id for one in seen.values()} == {cast.nantes}
    with django_assert_num_queries(2):
        accounts = queries.billing_accounts(ids=[identifier for _, made in loaded for identifier in made.billing_account_ids])
    assert len(accounts) == sum(len(row.accounts) for row, _ in loaded)
    assert queries.visible_customer_file_ids_filter(cast.charlie) == {cast.nantes}
    assert queries.visible_customer_file_ids_filter(cast.hugo) is None


def test_a_file_is_read_by_its_agency_alone(loaded, cast):
    _, made = _of_lyon(loaded, cast)
    for viewer in (cast.alice, cast.bob, cast.diane, cast.hugo):
        assert queries.customer_file(customer_file_id=made.customer_file_id, viewer=viewer).reference == made.customer_file_reference
    with pytest.raises(obstacles.NotAllowed) as refused:
        queries.customer_file(customer_file_id=made.customer_file_id, viewer=cast.charlie)
    assert refused.value.obstacles[0].message == f"Le dossier {made.customer_file_reference} existe ; il est suivi par Agence Lyon."
    with pytest.raises(obstacles.NotAllowed):
        queries.customer_file(customer_file_id=made.customer_file_id, viewer=cast.marc)
    with pytest.raises(obstacles.NotFound):
        queries.customer_file(reference="CLI-2026-999999", viewer=cast.hugo)


def test_an_old_reference_still_answers(loaded, cast):
    _, made = _of_lyon(loaded, cast)
    models.ReferenceRedirect.objects.create(old_reference="CLI-2019-000042", customer_file_id=made.customer_file_id)
    assert queries.customer_file(reference="CLI-2019-000042", viewer=cast.alice).id == made.customer_file_id
    assert _found("CLI-2019-000042", cast.alice) == [made.customer_file_reference]


def test_candidates_come_with_the_sum_that_makes_their_score(loaded, cast):
    row, made = _of_lyon(loaded, cast)
    asked = score.Identity(name=row.legal_name, siren=row.siren, postcode=row.establishments[0].postcode)
    best = queries.candidates(asked=asked, viewer=cast.alice)[0]
    assert best.customer_file_reference == made.customer_file_reference
    assert best.reasons == ("même SIREN +20,0", "même nom +6,5", "même code postal +3,5")
    assert best.score == 30.0

    hidden = queries.candidates(asked=asked, viewer=cast.charlie)[0]
    assert (hidden.customer_file_reference, hidden.city, hidden.is_visible) == ("", "", False)
    assert (hidden.name, hidden.agency_name) == (row.legal_name, "Agence Lyon")


def test_a_name_alone_is_not_a_score_that_is_asked_about_far_away(loaded, cast):
    row, _ = _of_lyon(loaded, cast)
    far = "97600" if row.establishments[0].postcode[:2] != "97" else "59000"
    asked = score.Identity(name=row.legal_name, siren=identifiers.test_siren(999_000), postcode=far)
    assert [one for one in queries.candidates(asked=asked, viewer=cast.alice) if one.siren == row.siren] == []


def test_open_files_of_establishments_are_told_without_leaking(loaded, cast):
    row, made = _of_lyon(loaded, cast)
    siret = row.establishments[0].siret
    [mine] = queries.followed(sirets=[siret], viewer=cast.alice)[siret]
    assert (mine.reference, mine.is_visible) == (made.customer_file_reference, True)
    [other] = queries.followed(sirets=[siret], viewer=cast.charlie)[siret]
    assert (other.reference, other.name, other.agency_name, other.is_visible) == ("", "", "Agence Lyon", False)
