"""The language of negotiated prices: what it says, every mistake at its place, exact against fractions worked out apart."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from come.catalogue import formulas, policies, records


def amount(written, listed="22.90", quantity=100):
    return formulas.read(written).amount(listed=Decimal(listed), quantity=quantity)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("liste", "22.900000"),
        ("liste * 0,85", "19.465000"),
        ("liste*0.85", "19.465000"),
        ("12,50", "12.500000"),
        ("liste / 3", "7.633333"),
        ("liste / 3 * 3", "22.900000"),
        ("arrondi(liste / 3; 2)", "7.630000"),
        ("arrondi(2,5, 0)", "3.000000"),
        ("min(liste; 12,50)", "12.500000"),
        ("min(liste, 30, 12,5)", "12.500000"),
        ("max(liste - quantité / 10; 5)", "12.900000"),
        ("- -liste", "22.900000"),
        ("2 + 3 * 4", "14.000000"),
        ("(2 + 3) * 4", "20.000000"),
        ("10 - 4 - 3", "3.000000"),
        ("LISTE", "22.900000"),
        ("0,0000005", "0.000001"),
    ],
)
def test_a_formula_is_worth(written, expected):
    found = amount(written)

    assert found == Decimal(expected)
    assert found.as_tuple().exponent == -6


@pytest.mark.parametrize(
    ("written", "places"),
    [
        ("", [1]),
        ("   ", [1]),
        ("liste +", [8]),
        ("* 2", [1]),
        ("lisste * 2 % 3 + prix +", [1, 12, 18]),
        ("liste liste", [7]),
        ("liste)", [6]),
        ("(liste", [1]),
        ("min(1,5)", [1]),
        ("min liste", [1, 5]),
        ("arrondi(liste)", [1]),
        ("arrondi(liste; quantite)", [1]),
        ("arrondi(liste; 7)", [1]),
        ("arrondi(liste; 1/0)", [1]),
        ("prix(3) + marge", [1, 11]),
        ("__import__('os')", [1, 12, 13, 15]),
        ("lisste + prix * ", [1, 10, 17]),
        ("liste ** 2", [8]),
        ("1" * 21, [1]),
        ("1 + " * 50 + "1", [201]),
    ],
)
def test_every_mistake_stands_at_its_place(written, places):
    assert [mistake.position for mistake in formulas.mistakes(written)] == places
    with pytest.raises(formulas.UnreadableError):
        formulas.read(written)


def test_parentheses_have_a_bottom():
    assert formulas.mistakes("(" * formulas.DEEPEST + "1" + ")" * formulas.DEEPEST) == ()
    deeper = formulas.mistakes("(" * (formulas.DEEPEST + 1) + "1" + ")" * (formulas.DEEPEST + 1))
    assert "plus de 20 parenthèses" in str(deeper[-1].said)


@pytest.mark.parametrize("written", ["liste - 100", "1 / 0", "liste / (quantite - 100)", "-liste", "9999999 * 9999999"])
def test_what_is_no_price_is_never_one(written):
    clause = records.ClauseRecord("7", "formula", "price", "Clause.", formula=written)

    with pytest.raises(policies.NoAmountError) as without:
        policies.negotiated_amount(listed=Decimal("22.90"), clause=clause, quantity=100)

    assert str(without.value.said).startswith("La clause 7 ne donne pas de prix")


# A formula of chance is drawn as a tree, worked out here in fractions, and written with the spaces and signs of chance.

_LEAVES = st.one_of(
    st.just(("liste",)),
    st.just(("quantite",)),
    st.decimals(min_value=0, max_value=999, places=3).map(lambda value: ("number", value)),
)


def _branches(inner):
    return st.one_of(
        st.tuples(st.sampled_from("+-*/"), inner, inner),
        st.tuples(st.sampled_from(["min", "max"]), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("arrondi"), inner, st.integers(0, 6)),
        st.tuples(st.just("minus"), inner),
    )


trees = st.recursive(_LEAVES, _branches, max_leaves=8)


def write(tree, comma):
    match tree:
        case ("number", value):
            return f"{value:f}".replace(".", "," if comma else ".")
        case (str() as name,):
            return name
        case ("minus", one):
            return f"-({write(one, comma)})"
        case ("min" | "max" as name, given):
            return f"{name}({' ; '.join(write(one, comma) for one in given)})"
        case ("arrondi", one, places):
            return f"arrondi({write(one, comma)};{places})"
        case (sign, one, other):
            return f"({write(one, comma)} {sign} {write(other, comma)})"


def worth(tree, listed, quantity):
    match tree:
        case ("number", value):
            return Fraction(value)
        case (str() as name,):
            return Fraction({"liste": listed, "quantite": quantity}[name])
        case ("minus", one):
            return -worth(one, listed, quantity)
        case ("min" | "max" as name, given):
            return {"min": min, "max": max}[name]([worth(one, listed, quantity) for one in given])
        case ("arrondi", one, places):
            return _half_up(worth(one, listed, quantity), places)
        case (sign, one, other):
            left, right = worth(one, listed, quantity), worth(other, listed, quantity)
            return left / right if sign == "/" else {"+": left + right, "-": left - right, "*": left * right}[sign]


def _half_up(value, places):
    """Round to the nearest; of two as near, to the one that is farther from zero."""
    below = Fraction(math.floor(value * 10**places), 10**places)
    above = below + Fraction(1, 10**places)
    return min((below, above), key=lambda near: (abs(value - near), -abs(near)))


@given(trees, st.decimals(min_value=0, max_value=10_000, places=6), st.integers(0, 100_000), st.booleans())
def test_it_equals_fractions_worked_out_apart(tree, listed, quantity, comma):
    written = write(tree, comma)
    if len(written) > formulas.LONGEST:
        return
    try:
        expected = worth(tree, listed, quantity)
    except ZeroDivisionError:
        expected = None
    if expected is None or expected < 0 or _half_up(expected, 6) >= formulas.LARGEST:
        with pytest.raises(formulas.NoResultError):
            formulas.read(written).amount(listed=listed, quantity=quantity)
        return
    assert Fraction(formulas.read(written).amount(listed=listed, quantity=quantity)) == _half_up(expected, 6)


@given(st.text(alphabet="liste quantité0123456789+-*/().,;min", max_size=60))
def test_any_text_is_read_or_refused(written):
    wrong = formulas.mistakes(written)

    assert all(1 <= mistake.position <= len(written) + 1 for mistake in wrong)
    if not wrong:
        formulas.read(written)
