"""The worked examples give the amounts that their page explains, without a database."""

from __future__ import annotations

import csv
import datetime as dt
import pathlib
from decimal import Decimal

import pytest

from come.edges.usage_files import opener
from come.usage import on_files

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "examples" / "rating"
AT = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)


def rate(tmp_path: pathlib.Path, explain_id: str = "", source: pathlib.Path | None = None) -> on_files.Result:
    return on_files.rate(
        book=FOLDER / "pricebook",
        source=source or FOLDER / "usage.csv",
        out=tmp_path / "rated.csv",
        workspace=tmp_path / "work",
        opener=opener.UsageFileOpener(),
        at=AT,
        explain_id=explain_id,
    )


def rows_of(path: pathlib.Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_example_gives_its_amount(tmp_path):
    result = rate(tmp_path)
    assert (result.records_in, result.rated, result.suspended, result.duplicates) == (22, 18, 3, 1)
    assert result.charge_eur == Decimal("6.104520")
    assert result.findings == ()
    expected = rows_of(FOLDER / "expected.csv")
    found = sorted(rows_of(tmp_path / "rated.csv"), key=lambda row: (row["record_id"], int(row["portion_number"])))
    assert [{name: row[name] for name in expected[0]} for row in found] == expected
    waiting = {row["record_id"]: row["reason"] for row in rows_of(tmp_path / "rated.suspense.csv")}
    assert waiting == {"no-price": "no_price", "only-expired": "expired_destination", "unknown": "unknown_line"}


@pytest.mark.parametrize(
    ("record_id", "said"),
    [
        (
            "bands",
            "60 s en heures pleines × 0,09\u00a0€ la minute = 0,09\u00a0€. 60 s en heures creuses × 0,03\u00a0€ la minute = 0,03\u00a0€.",
        ),
        ("increments", "61 s × 0,30\u00a0€ la minute + 0,15\u00a0€ de mise en relation = 0,455\u00a0€."),
        ("pool-2", "50 s inclus dans « Voix partagée de la flotte » (70 s déjà pris sur 120 s)."),
        ("percentage", "(prix négocié, accord ACC-2026-000001 §4.2 ; prix public 0,10\u00a0€ pour 60 s) = 0,0875\u00a0€."),
        ("maximum", "− 5,00\u00a0€ au-delà du maximum = 3,00\u00a0€."),
        ("unanswered", "Rien n’a été consommé : rien n’est facturé."),
        ("roaming", "depuis Union européenne"),
    ],
)
def test_a_sentence_has_each_number(tmp_path, record_id, said):
    assert said in rate(tmp_path, record_id).explanation


def test_the_order_of_arrival_does_not_matter(tmp_path):
    lines = (FOLDER / "usage.csv").read_text(encoding="ascii").splitlines()
    backwards = tmp_path / "backwards.csv"
    backwards.write_text("\n".join([lines[0], *reversed(lines[1:-1]), lines[-1]]) + "\n", encoding="ascii")
    result = rate(tmp_path, source=backwards)
    assert result.charge_eur == Decimal("6.104520")
    found = sorted(rows_of(tmp_path / "rated.csv"), key=lambda row: (row["record_id"], int(row["portion_number"])))
    expected = rows_of(FOLDER / "expected.csv")
    assert [{name: row[name] for name in expected[0]} for row in found] == expected
