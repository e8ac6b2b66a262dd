"""An offer before it is sold: tried by the kernel of quotes, and its effect on quotes in progress and on the installed base."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import uuid
from decimal import Decimal

import pytest
from django import test
from django.contrib import auth

import fleet_world as fw
from come.catalogue import commands as catalogue_commands, queries as catalogue_queries
from come.inventory import commands as inventory_commands, queries as inventory_queries
from come.quote import commands, queries
from come.shared import actor as actors, clock, obstacles

DEMO = pathlib.Path(__file__).resolve().parents[2] / "src" / "come" / "catalogue" / "data" / "demo"
SYSTEM = actors.system_actor("tests")
TODAY = fw.AT.date()
NEXT_MONTH = dt.date(2026, 12, 1)
PAULA = actors.Actor(
    staff_id=uuid.uuid5(uuid.NAMESPACE_DNS, "paula"),
    name="Paula",
    roles=frozenset({"pricing_manager"}),
    agency_ids=frozenset(),
    sees_all_agencies=True,
)


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)
    files = {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}
    catalogue_commands.import_catalogue(files=files, actor=SYSTEM, at=fw.AT, publish=True)
    return fw.build()


@pytest.fixture
def dearer(world):
    """Write a version of an offer at 27.50 instead of 22.90, from next month on."""
    return _version("MOB-ILL-50", lambda own: own["prices"][0].update(amount="27,50"))


def _version(code, change):
    base = catalogue_queries.offering(code=code, at=TODAY)
    offering_id = catalogue_commands.new_version(offering_id=base.id, valid_from=NEXT_MONTH, actor=PAULA, at=fw.AT)
    record = catalogue_queries.sheet(offering_id=offering_id, viewer=PAULA, today=TODAY)
    typed = json.loads(json.dumps(record.typed))
    change(typed["offering"])
    answer = catalogue_commands.save_sheet(offering_id=offering_id, typed=typed, seen=record.revision, actor=PAULA, at=fw.AT)
    assert answer.problems == ()
    return offering_id


class TestTrying:
    def test_a_few_lines_are_priced_by_the_kernel(self, dearer):
        trial = queries.try_offering(offering_id=dearer, viewer=PAULA, today=TODAY, quantity=5, segment="pme")

        assert trial.day == NEXT_MONTH
        assert trial.priced.totals.monthly == Decimal("137.50")

    def test_with_an_option(self, dearer):
        found = queries.try_offering(offering_id=dearer, viewer=PAULA, today=TODAY)
        option = next(code for code, name in found.choices if name == "Protection mobile")
        amount = catalogue_queries.offering(code=option, at=TODAY).prices_of("recurring")[0].amount

        trial = queries.try_offering(offering_id=dearer, viewer=PAULA, today=TODAY, quantity=2, with_codes=[option])

        assert trial.priced.totals.monthly == 2 * (Decimal("27.50") + amount)

    def test_an_impossible_number_is_refused(self, dearer):
        with pytest.raises(obstacles.Refusal) as refused:
            queries.try_offering(offering_id=dearer, viewer=PAULA, today=TODAY, quantity=0)
        assert refused.value.code == "quote.trial_quantity"

    def test_a_seller_does_not_try_what_is_not_sold(self, world, dearer):
        for person in (world.alice, world.bob, world.charlie):
            with pytest.raises(obstacles.NotAllowed):
                queries.try_offering(offering_id=dearer, viewer=person, today=TODAY)


class TestQuotesInProgress:
    @pytest.fixture
    def quoted(self, world):
        created = commands.create_quote(customer_file_id=world.company, actor=world.alice, at=fw.AT, title="Flotte")
        table = "Utilisateur\tForfait\nAnne\tMOB-ILL-50\nPaul\tMOB-ILL-50\n"
        commands.paste_lines(quote_id=created.quote_id, table_text=table, actor=world.alice, at=fw.AT)
        return created

    def test_what_changes_in_euros_a_month(self, quoted, dearer):
        before = queries.quote(quote_id=quoted.quote_id, viewer=PAULA).totals.monthly

        impact = queries.offering_impact(offering_id=dearer, viewer=PAULA, today=TODAY)

        assert (impact.quote_count, impact.line_count) == (1, 2)
        (line,) = impact.lines
        assert (line.reference, line.monthly, line.new_monthly) == (quoted.reference, before, Decimal("55.00"))
        assert impact.monthly_difference == Decimal("55.00") - before
        # The quote itself says what it said.
        assert queries.quote(quote_id=quoted.quote_id, viewer=PAULA).totals.monthly == before

    def test_a_closed_quote_is_not_concerned(self, world, quoted, dearer):
        commands.close_quote(quote_id=quoted.quote_id, state="cancelled", reason="Abandonné", actor=world.alice, at=fw.AT)

        assert queries.offering_impact(offering_id=dearer, viewer=PAULA, today=TODAY).lines == ()


class TestInstalledBase:
    @pytest.fixture
    def installed(self, world):
        fw.stock(3)
        terms = (fw.inventory.NewUsageTerm(100, tariff_code="T-BASE"),)
        lines = [fw.new_line(world, number, offering_code="MOB-ILL-50", offering_version=2, terms=terms) for number in range(3)]
        inventory_commands.install_lines(lines=lines, actor=SYSTEM, at=fw.AT)
        return world

    def test_who_has_it_and_what_they_go_on_paying(self, installed, dearer):
        impact = inventory_queries.offering_impact(offering_id=dearer, viewer=PAULA)

        (one,) = impact.versions
        assert (one.version, one.products, one.customers) == (2, 3, 1)
        assert impact.customers == ((installed.company_reference, "Boulangeries du Rhône", 3),)
        assert not impact.changes_usage

    def test_usage_prices_change_for_every_line_of_the_tariff(self, installed):
        base = catalogue_queries.offering(code="MOB-ILL-50", at=TODAY)
        offering_id = catalogue_commands.new_version(offering_id=base.id, valid_from=NEXT_MONTH, actor=PAULA, at=fw.AT)
        record = catalogue_queries.sheet(offering_id=offering_id, viewer=PAULA, today=TODAY)
        row = {"service": "sms", "origin_zone": "R-FR", "destination_zone": "FR-MOBILE", "price_eur": "0,10", "price_quantity": "1"}
        typed = {**record.typed, "offering": {**record.typed["offering"], "tariff": "T-BASE"}, "rates": [{**row, "counting": "1/1"}]}
        catalogue_commands.save_sheet(offering_id=offering_id, typed=typed, seen=record.revision, actor=PAULA, at=fw.AT)

        impact = inventory_queries.offering_impact(offering_id=offering_id, viewer=PAULA)

        assert (impact.tariff_code, impact.changes_usage, impact.tariff_lines, impact.tariff_customers) == ("T-BASE", True, 3, 1)

    def test_a_seller_is_refused(self, installed, dearer):
        for person in (installed.alice, installed.charlie):
            with pytest.raises(obstacles.Refusal):
                inventory_queries.offering_impact(offering_id=dearer, viewer=person)


class TestScreens:
    @pytest.fixture
    def client(self, world):
        user = auth.get_user_model().objects.get(login="alice")
        user.roles = ["pricing_manager"]
        user.save(update_fields=["roles"])
        client = test.Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def test_every_part_of_the_page_is_drawn(self, client, dearer):
        for path in (
            f"/devis/offre/{dearer}/essai/?quantity=3&segment=pme",
            f"/devis/offre/{dearer}/devis-en-cours/",
            f"/parc/offre/{dearer}/",
            f"/consommation/simulation/{dearer}/",
            f"/catalogue/versions/{dearer}/",
            f"/catalogue/MOB-ILL-50/?version={catalogue_queries.visible_offering(offering_id=dearer, viewer=PAULA).version}",
            "/catalogue/comparer/?offre=MOB-ILL-50",
            "/catalogue/comparer/?du=2026-11-02&au=2026-12-02",
        ):
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.content.decode()[:1500])
        assert "82,50" in client.get(f"/devis/offre/{dearer}/essai/?quantity=3&segment=pme").content.decode()
        assert "27,50" in client.get("/catalogue/comparer/?offre=MOB-ILL-50").content.decode().replace(".", ",")
