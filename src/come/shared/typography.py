"""French spacing: no line begins with a « : », no guillemet stands alone. One rule for every sentence, whoever wrote it.

It is applied to sentences before their values are put in (`text.T`, the templates' gettext), so that what people typed,
addresses, times and code stay as they are. Source: Lexique des règles typographiques en usage à l’Imprimerie nationale.
"""

from __future__ import annotations

import functools
import re

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"

# A sign that ends a part of a sentence: a space goes before it, and no word, address or operator goes on right after it.
_BEFORE_HIGH = re.compile(r" (?=[;?!](?![\w/=]))")
_BEFORE_COLON = re.compile(r" (?=:(?![\w/:=]))|(?<=«) | (?=»)")


@functools.lru_cache(maxsize=4096)
def french(sentence: str) -> str:
    """Return the sentence with no-break spaces before « : ; ? ! » and inside guillemets; only plain spaces change, once."""
    if " " not in sentence:
        return sentence
    return _BEFORE_COLON.sub(NO_BREAK_SPACE, _BEFORE_HIGH.sub(NARROW_NO_BREAK_SPACE, sentence))


def spaced(sentence: str, language: str) -> str:
    """Return the sentence with the spaces of its language: French ones for French, unchanged otherwise."""
    return french(sentence) if language.split("-", maxsplit=1)[0] == "fr" else sentence
