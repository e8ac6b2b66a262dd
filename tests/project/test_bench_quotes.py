"""The bench of quotes: its tables are fleets that the product reads, its report says what could not be measured."""

from __future__ import annotations

import pytest

from come.project.bench import report
from come.project.bench.quotes import tables
from come.quote.policies import tables as pasted


def test_a_figure_that_cannot_be_had_says_why_and_holds_nothing():
    figure = report.Figure("tryton_edit_1000", None, "s", "< 1", "no registry")
    assert figure.as_dict() == {
        "name": "tryton_edit_1000", "value": None, "unit": "s", "goal": "< 1", "holds": None, "note": "no registry",
    }  # fmt: skip


@pytest.mark.parametrize(("value", "goal", "holds"), [(0.9, "< 1", True), (1.0, "< 1", False), (300_000.0, ">= 300000", True)])
def test_a_figure_holds_by_its_goal(value, goal, holds):
    assert report.Figure("x", value, "s", goal).as_dict() == {"name": "x", "value": value, "unit": "s", "goal": goal, "holds": holds}


def test_the_fleet_is_the_same_each_time_and_each_row_is_somebody_else():
    text = tables.fleet(200, first=400)
    assert text == tables.fleet(200, first=400)
    read = pasted.read(text, lambda _: None)
    assert read.unknown == ()
    assert len(read.rows) == 200
    assert len({row[pasted.USER_LABEL] for row in read.rows}) == 200
    assert read.rows[0][pasted.USER_LABEL] == "Personne 000400"


def test_a_fleet_has_few_packs_and_the_varied_one_many():
    def sold(text):
        return {tuple(row.split("\t")[1:4]) for row in text.splitlines()[1:]}

    assert len(sold(tables.fleet(1_000))) < 60
    assert len(sold(tables.varied(1_000))) > 600
