"""The SQL kernel and the slow reference agree, portion by portion, on random tariffs and records."""

from __future__ import annotations

import pathlib
import tempfile
from typing import Any

import hypothesis
from hypothesis import strategies as st

import effort
import rating_books as books
from come.usage.rating import reference, values


@hypothesis.settings(
    max_examples=effort.examples(25),
    deadline=None,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate),
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(book=books.books(), records=books.usage(), order=st.randoms(use_true_random=False))
def test_both_agree_on_every_portion(book: dict[str, Any], records: list[values.Record], order: Any) -> None:
    expected, expected_suspense = reference.rate(book=book, records=records)
    shuffled = list(records)
    order.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        found, suspense, totals = books.rate_with_kernel(pathlib.Path(folder), book, shuffled)
    assert suspense == sorted(expected_suspense, key=lambda item: item.record_id)
    assert found == books.sorted_portions(expected)
    assert totals.records_in == len(records) == totals.rated + totals.suspended
    assert totals.charge_micro_eur == sum(portion.charge_micro_eur for portion in expected)
