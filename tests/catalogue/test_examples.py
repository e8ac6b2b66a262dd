"""The pack from which a stranger builds a catalogue: every command of its page is run, every answer is the one shown."""

from __future__ import annotations

import datetime as dt
import pathlib
import re
import shlex
from decimal import Decimal

import pytest
from click.testing import CliRunner

from come.catalogue import commands, queries
from come.catalogue.files import selling
from come.project import cli
from come.quote import pricing, records

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACK = ROOT / "examples" / "catalogue"
PAGE = (PACK / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```\n(\$ .*?)```", PAGE, flags=re.DOTALL)


def _commands(block: str) -> list[tuple[str, str]]:
    """Return the commands of a block, each with the answer shown under it."""
    parts = re.split(r"^\$ (.*)$", block, flags=re.MULTILINE)[1:]
    return [(command, answer.strip()) for command, answer in zip(parts[::2], parts[1::2], strict=True)]


@pytest.mark.django_db
def test_every_command_of_the_page_answers_what_is_shown(monkeypatch):
    monkeypatch.setenv("COME_LANG", "en")
    monkeypatch.chdir(ROOT)
    told = [pair for block in BLOCKS for pair in _commands(block)]

    assert len(told) == 10
    for command, shown in told:
        answer = CliRunner().invoke(cli.main_group, shlex.split(command)[1:])
        lines = [line for line in answer.output.splitlines() if line.strip()]
        assert "\n".join(lines) == shown, command


def test_the_pack_has_an_offer_of_every_kind_but_two():
    sold = selling.of_folder(commands.read_folder(PACK / "ondelia"), at=dt.date(2026, 11, 2)).offerings

    kinds = {offering.kind for offering in sold.values()}
    assert kinds == {"plan", "data_plan", "m2m", "sip_trunk", "option", "device", "pool", "service", "bundle", "discount"}
    assert len(sold) == 14


@pytest.mark.django_db
def test_what_the_folder_sells_is_what_the_catalogue_sells_once_imported(system, at):
    files = commands.read_folder(PACK / "ondelia")
    commands.import_catalogue(files=files, actor=system, at=at, publish=True)

    from_files, from_tables = selling.of_folder(files, at=at.date()), queries.catalogue_snapshot(at=at.date())

    quantities = {records.Pattern("ON-PRO-20", ("OPT-SECU",)): 12, records.Pattern("ON-PRO-20", (), "TEL-GALET", "PACK-AGENCE"): 2}
    quantities[records.Pattern("ON-FIXE-4", (), "", "PACK-AGENCE")] = 1
    priced = [
        pricing.price_quote(quantities=quantities, snapshot=snapshot, agreement=None, segment="pme")
        for snapshot in (from_files, from_tables)
    ]
    assert priced[0] == priced[1]
    # 12 lines at 17.90 less 5 %, each with the option at 2.50; the pack: 39.00 and 2 lines at 14.90, each with a device at 11.00 a month.
    assert priced[0].totals.monthly == 12 * (Decimal("17.005") + Decimal("2.50")) + Decimal("39.00") + 2 * Decimal("14.90")
    assert priced[0].totals.instalments_monthly == Decimal("22.00")


@pytest.mark.django_db
def test_an_agreement_made_of_its_template_prices_a_line(world, system, at):
    commands.import_catalogue(files=commands.read_folder(PACK / "ondelia"), actor=system, at=at, publish=True)
    answer = commands.create_agreement(
        name="Accord Brumaire",
        legal_unit_id=world.company.legal_unit_id,
        template_code="ACC-CHANTIERS",
        valid_from=at.date(),
        signed_date=at.date(),
        actor=world.people["mona"],
        at=at,
    )
    agreement = queries.agreement(reference=answer.reference)

    priced = pricing.price_quote(
        quantities={records.Pattern("ON-VOIX"): 1},
        snapshot=queries.catalogue_snapshot(at=at.date()),
        agreement=agreement,
        segment="pme",
    )

    (component,) = priced.patterns[0].components
    assert (component.clause_number, str(component.amount)) == ("1", "9.108000")
