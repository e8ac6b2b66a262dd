"""The registry's mirror: what it answers, what it hides, which files it refuses."""

from __future__ import annotations

import datetime as dt

import duckdb
import pyarrow.parquet as pq
import pytest

from come.edges.registry import files, layout, mirror
from come.party import generator
from come.shared import obstacles

UNITS, SEED, AS_OF = 400, 3, dt.date(2026, 9, 30)


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stock")
    files.SireneFiles(folder / "unused").generate(folder=folder, units=UNITS, seed=SEED, as_of=AS_OF)
    return folder


@pytest.fixture
def home(stock, tmp_path):
    files.SireneFiles(tmp_path / "registry").adopt(folder=stock)
    return tmp_path / "registry"


@pytest.fixture
def registry(home):
    return mirror.RegistryMirror(home)


def _companies(**wanted):
    everyone = (generator.company(number, SEED) for number in range(UNITS))
    return [one for one in everyone if all(getattr(one, name) == value for name, value in wanted.items())]


def _refused(home, folder, **given) -> list[str]:
    with pytest.raises(obstacles.Refusal) as refused:
        files.SireneFiles(home).adopt(folder=folder, **given)
    return [one.code for one in refused.value.obstacles]


def _copy(stock, folder, *, units="", places=""):
    """Write the stock again, each file through a query on it."""
    folder.mkdir()
    for name, query in ((layout.LEGAL_UNITS_FILE, units), (layout.ESTABLISHMENTS_FILE, places)):
        source = f"read_parquet('{stock / name}')"
        duckdb.execute(f"COPY ({(query or 'SELECT * FROM {0}').format(source)}) TO '{folder / name}' (FORMAT parquet)")
    return folder


def test_an_establishment_is_told_as_it_is_published(registry):
    one = next(found for found in _companies(is_active=True, is_masked=False) if found.legal_name and found.places[0].sign)
    place = one.places[0]
    found = registry.find_establishment(place.siret)
    assert found is not None
    assert (found.siren, found.legal_name, found.legal_form) == (one.siren, one.legal_name, one.legal_form)
    assert (found.sign, found.street, found.postcode, found.city) == (place.sign, place.street, place.postcode, place.city)
    assert (found.is_head_office, found.is_active, found.is_unit_active) == (True, True, True)
    assert (found.registry_date, found.created_on, found.diffusion) == (AS_OF, one.created_on, "O")
    assert registry.head_office(one.siren) == found
    assert registry.find_establishment("99999999999999") is None
    assert registry.date() == AS_OF


def test_a_person_who_opposes_diffusion_is_hidden_and_not_searched(registry):
    one = _companies(is_masked=True)[0]
    found = registry.head_office(one.siren)
    assert (found.legal_name, found.sign, found.street, found.diffusion) == ("", "", "", "P")
    assert found.city == one.places[0].city
    assert one.siren not in {each.siren for each in registry.search(text=f"{one.first_name} {one.surname}", limit=100)}
    assert one.siren in {each.siren for each in registry.search(text=one.siren)}


def test_a_sole_trader_has_the_name_of_the_person(registry):
    one = next(found for found in _companies(form_code="1000", is_masked=False, is_active=True))
    assert registry.head_office(one.siren).legal_name == f"{one.first_name} {one.surname}".upper()


def test_closed_companies_and_places_say_so_and_come_last(registry):
    one = _companies(is_active=False)[0]
    found = registry.head_office(one.siren)
    assert (found.is_active, found.is_unit_active) == (False, False)
    answers = [each.is_active and each.is_unit_active for each in registry.search(text="transports", limit=100)]
    assert answers == sorted(answers, reverse=True)


def test_names_are_found_by_their_words_and_nearly(registry):
    one = next(found for found in _companies(is_active=True, is_masked=False) if len(found.legal_name.split()) == 3)
    head = one.places[0]
    for asked in (one.legal_name.lower(), " ".join(reversed(one.legal_name.split())), one.legal_name[:3] + one.legal_name[4:]):
        assert one.siren in {each.siren for each in registry.search(text=asked, limit=50)}, asked
    near = registry.search(text=one.legal_name, postcode=head.postcode, limit=50)
    assert {each.postcode for each in near} == {head.postcode}
    assert registry.search(text="  ") == []
    assert registry.search(text="zzzyyyxxx") == []


def test_a_number_is_found_with_spaces_whole_or_begun(registry):
    one = _companies(is_active=True)[0]
    for asked in (one.siren, f"{one.siren[:3]} {one.siren[3:6]} {one.siren[6:]}", one.places[0].siret, f"FR00{one.siren}", one.siren[:8]):
        assert registry.search(text=asked, limit=3)[0].siren == one.siren, asked


def test_without_a_mirror_nothing_is_invented(tmp_path):
    registry = mirror.RegistryMirror(tmp_path / "none")
    assert registry.date() is None
    assert registry.search(text="morel") == []
    assert registry.head_office("990000002") is None


def test_the_same_seed_writes_the_same_rows(stock, tmp_path):
    files.SireneFiles(tmp_path).generate(folder=tmp_path, units=UNITS, seed=SEED, as_of=AS_OF)
    for name in (layout.LEGAL_UNITS_FILE, layout.ESTABLISHMENTS_FILE):
        assert pq.read_table(tmp_path / name).equals(pq.read_table(stock / name))


def test_a_new_state_is_taken_up_at_the_next_question(registry, home, tmp_path):
    later = dt.date(2026, 10, 31)
    sirene = files.SireneFiles(home)
    sirene.generate(folder=tmp_path / "later", units=UNITS + 20, seed=SEED, as_of=later)
    figures = sirene.adopt(folder=tmp_path / "later")
    assert (figures.legal_units, figures.as_of) == (UNITS + 20, later)
    assert registry.date() == later
    assert registry.head_office(generator.company(UNITS + 10, SEED).siren) is not None
    assert sirene.adopt(folder=tmp_path / "later") == figures


def test_csv_files_are_read_like_parquet(stock, tmp_path):
    folder = tmp_path / "csv"
    folder.mkdir()
    for name in (layout.LEGAL_UNITS_FILE, layout.ESTABLISHMENTS_FILE):
        target = folder / name.replace(".parquet", ".csv")
        duckdb.execute(f"COPY (SELECT * FROM read_parquet('{stock / name}')) TO '{target}' (HEADER, DELIMITER ',')")
    figures = files.SireneFiles(tmp_path / "registry").adopt(folder=folder)
    assert figures == files.SireneFiles(tmp_path / "other").adopt(folder=stock)
    one = _companies(is_active=True, is_masked=False)[0]
    assert mirror.RegistryMirror(tmp_path / "registry").head_office(one.siren).siret == one.places[0].siret


@pytest.mark.parametrize(
    ("units", "places", "codes"),
    [
        ("SELECT * FROM {0} LIMIT 300", "", ["registry.orphans"]),
        ("", "SELECT * FROM {0} LIMIT 700", ["registry.fewer_rows"]),
        ("", "SELECT * FROM {0} LIMIT 0", ["registry.empty"]),
        ("", "SELECT * REPLACE (CASE WHEN hash(siret) % 10 < 4 THEN 'F' ELSE etatAdministratifEtablissement END AS etatAdministratifEtablissement) FROM {0}", ["registry.closed"]),  # noqa: E501 - one query
        ("", "SELECT * REPLACE (nic AS siret) FROM {0}", ["registry.identifiers", "registry.repeated"]),
        ("", "SELECT * FROM {0} UNION ALL SELECT * FROM {0} LIMIT 1000", ["registry.repeated"]),
        ("SELECT * EXCLUDE (etatAdministratifUniteLegale) FROM {0}", "", ["registry.columns"]),
        ("SELECT * REPLACE ('hier' AS dateCreationUniteLegale) FROM {0}", "", ["registry.unreadable"]),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_and_yesterdays_mirror_is_still_served(home, stock, registry, tmp_path, units, places, codes):
    folder = _copy(stock, tmp_path / "wrong", units=units, places=places)
    before = sorted(path.name for path in home.iterdir())
    assert _refused(home, folder) == codes
    assert registry.date() == AS_OF
    assert sorted(path.name for path in home.iterdir()) == before


def test_a_truncated_or_missing_file_is_refused(home, stock, registry, tmp_path):
    folder = _copy(stock, tmp_path / "wrong")
    path = folder / layout.ESTABLISHMENTS_FILE
    path.write_bytes(path.read_bytes()[:2_000])
    assert _refused(home, folder) == ["registry.unreadable"]
    path.unlink()
    assert _refused(home, folder) == ["registry.missing"]
    assert registry.date() == AS_OF


def test_an_older_state_is_refused_unless_somebody_insists(home, tmp_path):
    sirene = files.SireneFiles(home)
    sirene.generate(folder=tmp_path / "old", units=UNITS, seed=SEED, as_of=dt.date(2026, 1, 31))
    assert _refused(home, tmp_path / "old") == ["registry.older"]
    assert sirene.adopt(folder=tmp_path / "old", is_forced=True).as_of == dt.date(2026, 1, 31)


def test_a_sign_cut_over_three_fields_is_read_whole(stock, tmp_path):
    query = """SELECT * REPLACE ('AU BON' AS enseigne1Etablissement, 'COIN DE' AS enseigne2Etablissement,
                                'LA RUE' AS enseigne3Etablissement) FROM {0}"""
    files.SireneFiles(tmp_path / "registry").adopt(folder=_copy(stock, tmp_path / "cut", places=query))
    registry = mirror.RegistryMirror(tmp_path / "registry")
    one = _companies(is_active=True, is_masked=False)[0]
    assert registry.head_office(one.siren).sign == "AU BON COIN DE LA RUE"
    assert registry.search(text="bon coin rue", limit=1)
