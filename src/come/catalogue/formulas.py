"""The formulas of negotiated prices: read, checked all at once, computed exactly. No Django, no `eval`.

A formula is written over two names, `liste` (the list price, in euros excluding tax) and `quantite` (the units that the clause
counts), with numbers (`12,50` or `12.50`), `+ - * / ( )`, `min(a; b)`, `max(a; b)` and `arrondi(x; n)` (n decimals, half up). Values
are separated by a semicolon, or by a comma that does not stand between two digits: `min(1,5)` is one value.

Everything is computed in exact fractions and rounded once, at the end, to the six decimals that prices keep.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from come.shared import text

LONGEST = 200
"""The most signs of a formula."""
DEEPEST = 20
"""The most levels of parentheses and functions."""
LARGEST = 10**12
"""Prices stay below that many euros."""
NAMES = ("liste", "quantite")
_MOST_DECIMALS = 6
_MICRO = 1_000_000
_TOKEN = re.compile(r"(?P<space>\s+)|(?P<number>\d+(?:[.,]\d+)?)|(?P<name>[^\W\d]\w*)|(?P<sign>[-+*/();,])|(?P<other>.)", re.DOTALL)
_LONGEST_NUMBER = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at a place of a formula; `position` counts signs from 1."""

    position: int
    said: text.T


class UnreadableError(ValueError):
    """A text is no formula; `mistakes` holds each reason."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes


class NoResultError(ValueError):
    """A formula gives no price for these values; the text says why, for people."""

    def __init__(self, said: text.T) -> None:
        super().__init__(said)
        self.said = said


Values = Mapping[str, Fraction]
Compute = Callable[[Values], Fraction]


@dataclasses.dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read without a mistake."""

    written: str
    names: frozenset[str]
    compute: Compute

    def amount(self, *, listed: Decimal, quantity: int) -> Decimal:
        """Return what it makes of a list price, rounded half up to six decimals; raises NoResultError."""
        try:
            found = self.compute({"liste": Fraction(listed), "quantite": Fraction(quantity)})
        except ZeroDivisionError:
            raise NoResultError(text.T("la formule divise par zéro")) from None
        if found < 0:
            raise NoResultError(text.T("la formule donne un montant négatif"))
        micro = int(_rounded(found, _MOST_DECIMALS) * _MICRO)
        if micro >= LARGEST * _MICRO:
            raise NoResultError(text.T("la formule donne un montant démesuré"))
        return Decimal(micro).scaleb(-_MOST_DECIMALS)


@functools.lru_cache(maxsize=1024)
def read(written: str) -> Formula:
    """Return the formula that a text says; raises UnreadableError with every mistake."""
    reader = _Reader(written)
    compute = reader.whole()
    if reader.mistakes:
        raise UnreadableError(tuple(sorted(reader.mistakes, key=lambda mistake: mistake.position)))
    return Formula(written, frozenset(reader.names), compute)


def mistakes(written: str) -> tuple[Mistake, ...]:
    """Return everything that keeps a text from being a formula."""
    try:
        read(written)
    except UnreadableError as unreadable:
        return unreadable.mistakes
    return ()


@dataclasses.dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    said: str
    position: int


class _Reader:
    """Reads by descending: sums, products, signs, values; goes on after a mistake, one mistake a place."""

    def __init__(self, written: str) -> None:
        self.mistakes: list[Mistake] = []
        self.names: set[str] = set()
        self._tokens: list[_Token] = []
        self._is_broken = False
        if len(written) > LONGEST:
            self._wrong(LONGEST + 1, text.T("la formule dépasse {count} signes", count=LONGEST))
            written = written[:LONGEST]
        for found in _TOKEN.finditer(written):
            token = _Token(found.lastgroup or "other", found[0], found.start() + 1)
            if token.kind == "other":
                self._wrong(token.position, text.T("« {sign} » n’a pas de sens dans une formule", sign=token.said))
                # How the rest hangs together cannot be told: names are still read, no more.
                self._is_broken = True
            elif token.kind != "space":
                self._tokens.append(token)
            if token.kind == "name" and _plain(token.said) not in (*NAMES, *_FUNCTIONS):
                self._wrong(
                    token.position,
                    text.T("« {name} » est inconnu : les noms sont liste, quantite, min, max et arrondi", name=token.said),
                )
        self._end = _Token("end", "", len(written) + 1)
        self._place = 0
        self._depth = 0

    def whole(self) -> Compute:
        """Read the text to its end."""
        if self._is_broken:
            return _nothing
        if not self._tokens:
            self._wrong(1, text.T("la formule est vide"))
            return _nothing
        made = self._sum()
        while self._next().kind != "end":
            token = self._take()
            self._wrong(token.position, text.T("« {sign} » est de trop ici", sign=token.said))
            if self._next().kind != "end":
                self._sum()
        return made

    def _next(self) -> _Token:
        return self._tokens[self._place] if self._place < len(self._tokens) else self._end

    def _take(self) -> _Token:
        token = self._next()
        self._place += 1
        return token

    def _is_next(self, *signs: str) -> bool:
        return self._next().kind == "sign" and self._next().said in signs

    def _wrong(self, position: int, said: text.T) -> None:
        if all(mistake.position != position for mistake in self.mistakes):
            self.mistakes.append(Mistake(position, said))

    def _sum(self) -> Compute:
        made = self._product()
        while self._is_next("+", "-"):
            sign, other = self._take().said, self._product()
            made = _both(made, other, Fraction.__add__ if sign == "+" else Fraction.__sub__)
        return made

    def _product(self) -> Compute:
        made = self._signed()
        while self._is_next("*", "/"):
            sign, other = self._take().said, self._signed()
            made = _both(made, other, Fraction.__mul__ if sign == "*" else Fraction.__truediv__)
        return made

    def _signed(self) -> Compute:
        is_negative = False
        while self._is_next("+", "-"):
            is_negative ^= self._take().said == "-"
        made = self._value()
        return _negative(made) if is_negative else made

    def _value(self) -> Compute:
        token = self._next()
        if token.kind == "number":
            self._take()
            return self._number(token)
        if token.kind == "name":
            self._take()
            return self._named(token)
        if self._is_next("("):
            self._take()
            made = self._inside(token)
            self._close(token)
            return made
        said = text.T("il manque une valeur à la fin") if token.kind == "end" else text.T("il manque une valeur ici")
        self._wrong(token.position, said)
        return _nothing

    def _number(self, token: _Token) -> Compute:
        if len(token.said) > _LONGEST_NUMBER:
            self._wrong(token.position, text.T("ce nombre est trop long"))
        value = Fraction(token.said.replace(",", "."))
        return lambda _: value

    def _named(self, token: _Token) -> Compute:
        name = _plain(token.said)
        if name in NAMES:
            self.names.add(name)
            return lambda values: values[name]
        if name in _FUNCTIONS and self._is_next("("):
            self._take()
            return self._called(name, token)
        if name in _FUNCTIONS:
            self._wrong(token.position, text.T("« {name} » demande des parenthèses", name=name))
            return _nothing
        if self._is_next("("):
            opened = self._take()
            self._arguments(opened)
            self._close(opened)
        return _nothing

    def _called(self, name: str, token: _Token) -> Compute:
        given = self._arguments(token)
        self._close(token)
        if name == "arrondi":
            return self._round(given, token)
        if len(given) < 2:
            self._wrong(token.position, text.T("« {name} » compare au moins deux valeurs, séparées par un point-virgule", name=name))
            return _nothing
        choose = min if name == "min" else max
        return lambda values: choose(one(values) for one in given)

    def _round(self, given: list[Compute], token: _Token) -> Compute:
        decimals: Fraction | None = None
        if len(given) == 2:
            try:
                decimals = given[1]({})
            except (KeyError, ZeroDivisionError):
                decimals = None
        if decimals is None or decimals.denominator != 1 or not 0 <= decimals <= _MOST_DECIMALS:
            said = text.T(
                "« arrondi » demande une valeur et un nombre de décimales, de 0 à {most} : arrondi(liste; 2)", most=_MOST_DECIMALS
            )
            self._wrong(token.position, said)
            return _nothing
        places, value = int(decimals), given[0]
        return lambda values: _rounded(value(values), places)

    def _arguments(self, opened: _Token) -> list[Compute]:
        given = [self._inside(opened)]
        while self._is_next(";", ","):
            self._take()
            given.append(self._inside(opened))
        return given

    def _inside(self, opened: _Token) -> Compute:
        self._depth += 1
        if self._depth > DEEPEST:
            self._wrong(opened.position, text.T("plus de {count} parenthèses les unes dans les autres", count=DEEPEST))
            self._place = len(self._tokens)
        made: Compute = _nothing if self._depth > DEEPEST else self._sum()
        self._depth -= 1
        return made

    def _close(self, opened: _Token) -> None:
        if self._is_next(")"):
            self._take()
        else:
            self._wrong(opened.position, text.T("la parenthèse ouverte ici n’est pas fermée"))


_FUNCTIONS = ("min", "max", "arrondi")


def _plain(name: str) -> str:
    """Return a name as the language knows it: « Quantité » is `quantite`."""
    return name.lower().replace("é", "e")


def _nothing(_: Values) -> Fraction:
    raise ZeroDivisionError


def _both(one: Compute, other: Compute, make: Callable[[Fraction, Fraction], Fraction]) -> Compute:
    return lambda values: make(one(values), other(values))


def _negative(one: Compute) -> Compute:
    return lambda values: -one(values)


def _rounded(value: Fraction, places: int) -> Fraction:
    """Return a value rounded half away from zero, as amounts are."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**places)
