"""A price book with mistakes is refused with every mistake at once, each with its table and row."""

from __future__ import annotations

import pathlib
import shutil

import pytest

from come.shared import obstacles
from come.usage.rating import kernel

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "examples" / "rating" / "pricebook"


def mistakes(tmp_path: pathlib.Path, **changes: tuple[str, str]) -> list[str]:
    """Return the paths of the mistakes after replacing a text in each table named."""
    book = tmp_path / "book"
    shutil.copytree(FOLDER, book)
    for table, (before, after) in changes.items():
        path = book / f"{table}.csv"
        given = path.read_text(encoding="utf-8")
        assert before in given
        path.write_text(given.replace(before, after), encoding="utf-8")
    connection = kernel.connect(workspace=tmp_path)
    try:
        kernel.refuse_mistakes(connection, book)
    except obstacles.Refusal as refused:
        return [obstacle.path for obstacle in refused.obstacles]
    finally:
        connection.close()
    return []


def test_the_examples_book_is_right(tmp_path):
    assert mistakes(tmp_path) == []


@pytest.mark.parametrize(
    ("table", "before", "after", "path"),
    [
        ("parameters", "currency,EUR", "currency,CHF", "parameters/3"),
        ("parameters", "home_zone,FR", "home_zone,XX", "parameters"),
        ("prefixes", "44,UK", "4x,UK", "prefixes/3"),
        ("prefixes", "44,UK", "33,UK", "prefixes/3"),
        ("prefixes", "44,UK", "44,ZZ", "prefixes/3"),
        ("bands", "mon tue wed thu fri,480,1140", "mon tue wed thu fri,480,1100", "bands"),
        ("tariffs", "BASE,Tarif de base,BUREAU,", "BASE,Tarif de base,BUREAU,PLAN", "tariffs/1"),
        ("rates", "PLAN,voice,FR,FR,HC", "PLAN,voice,FR,FR,HP", "rates/8"),
        ("rates", "BASE,sms,ANY,ANY,,60000", "BASE,sms,ANY,ANY,,-1", "rates/5"),
        ("rates", "BASE,sms,ANY,ANY,,60000", "BASE,sms,ANY,ANY,,0.06", "rates/5"),
        (
            "allowances",
            "POOL-VOIX,Voix partagée de la flotte,voice,seconds",
            "POOL-VOIX,Voix partagée de la flotte,voice,bytes",
            "allowances/1",
        ),
        ("subscriptions", "L2,+33639980002,C2", "L2,+33639980001,C2", "subscriptions/2"),
        (
            "subscriptions",
            "L1,+33639980001,C1,S1,10,BASE,,,2020-01-01T00:00:00",
            "L1,+33639980001,C1,S1,10,BASE,,,2020-01-01T00:00:00+02:00",
            "subscriptions/1",
        ),
        ("overrides", ",12.5,", ",112.5,", "overrides/1"),
        ("overrides", ",12.5,", ",12.55555,", "overrides/1"),
    ],
)
def test_a_mistake_is_found_where_it_is(tmp_path, table, before, after, path):
    assert path in mistakes(tmp_path, **{table: (before, after)})


def test_all_mistakes_are_told_at_once(tmp_path):
    found = mistakes(tmp_path, parameters=("EUR", "USD"), zones=("SVA,", "SVB,"), rates=("PLAN,voice,FR,FR,HC", "PLAN,voice,FR,FR,NUIT"))
    assert {"parameters/3", "prefixes/2", "prefixes/4", "rates/3", "rates/8"} <= set(found)


def test_a_missing_table_is_a_mistake(tmp_path):
    book = tmp_path / "book"
    shutil.copytree(FOLDER, book)
    (book / "rates.csv").unlink()
    connection = kernel.connect(workspace=tmp_path)
    with pytest.raises(obstacles.Refusal) as refused:
        kernel.refuse_mistakes(connection, book)
    connection.close()
    assert [obstacle.path for obstacle in refused.value.obstacles] == ["rates"]
