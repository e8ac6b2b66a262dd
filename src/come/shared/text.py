"""Sentences for people: French at the source, translated at the edge, free of any framework.

A policy builds a sentence with its numbers (`T("La ligne {line} …", line=12)`); whoever shows it asks for the
reader's language. The French text is the string itself, so that a log or a test reads it without ceremony.
"""

from __future__ import annotations

import functools
import gettext
import html
import pathlib
from typing import Any, Self

from come.shared import typography

SOURCE_LANGUAGE = "fr"
_PACKAGES_FOLDER = pathlib.Path(__file__).resolve().parent.parent


class T(str):
    """A French sentence that remembers its template and its values, so that it can be said in another language.

    As a value (stored, compared, answered by the API) it is what was written; on a page it has French no-break spaces.
    """

    template: str
    values: dict[str, Any]
    __slots__ = ("template", "values")

    def __new__(cls, template: str, **values: Any) -> Self:
        """Build the sentence; raises KeyError when the template names a value that is not given."""
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template = template
        made.values = values
        return made

    def in_language(self, language: str) -> str:
        """Say the sentence in `language` ("fr", "en"); French where no translation is known."""
        template = translation(language, self.template)
        values = {key: value.in_language(language) if isinstance(value, T) else value for key, value in self.values.items()}
        return template.format(**values) if values else template

    def __html__(self) -> str:
        """Say the sentence in French to a page: escaped, with its no-break spaces; the values stay as they are."""
        return html.escape(_spaced(self))

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep template and values through pickling (process pools)."""
        return _rebuild, (self.template, self.values)


def _rebuild(template: str, values: dict[str, Any]) -> T:
    return T(template, **values)


def _spaced(sentence: T) -> str:
    values = {key: _spaced(value) if isinstance(value, T) else value for key, value in sentence.values.items()}
    template = typography.french(sentence.template)
    return template.format(**values) if values else template


def noop(template: str) -> str:
    """Mark a French template for translation without building the sentence yet."""
    return template


def translation(language: str, template: str) -> str:
    """Return the template in `language`, or unchanged where no catalogue has it."""
    if language.split("-", maxsplit=1)[0] == SOURCE_LANGUAGE or not template:
        return template
    for catalogue in _catalogues(language.split("-", maxsplit=1)[0]):
        said = catalogue.gettext(template)
        if said != template:
            return said
    return template


def said(sentence: str, language: str) -> str:
    """Say any text in `language`: a `T` is translated, a plain string is returned as it is."""
    return sentence.in_language(language) if isinstance(sentence, T) else sentence


@functools.cache
def _catalogues(language: str) -> tuple[gettext.NullTranslations, ...]:
    found: list[gettext.NullTranslations] = []
    for path in sorted(_PACKAGES_FOLDER.glob(f"*/locale/{language}/LC_MESSAGES/django.mo")):
        with path.open("rb") as handle:
            found.append(gettext.GNUTranslations(handle))
    return tuple(found)
