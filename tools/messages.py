"""The sentences of the product and their English: `extract`, `check`, `compile`.

French is the source: a sentence is its own key. `extract` reads templates and modules and writes what is to be translated
into src/come/<package>/locale/en/LC_MESSAGES/django.po, keeping what is translated; a sentence that several packages say
stands once, in the lowest of them. `check` lists what has no English, or whose English names other values.
"""

from __future__ import annotations

import io
import pathlib
import re
import sys
from collections.abc import Iterator

from babel.messages import catalog, extract, mofile, pofile

ROOT = pathlib.Path(__file__).resolve().parents[1]
COME = ROOT / "src" / "come"
# Bottom to top, as in the settings.
PACKAGES = ("shared", "staff", "ticket", "party", "catalogue", "inventory", "quote", "order", "usage", "billing", "edges", "project")
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "T": None, "noop": None}
TEMPLATE_OPTIONS = {"extensions": "jinja2.ext.do, jinja2.ext.loopcontrols", "trimmed": "true", "silent": "false"}
_VALUE = re.compile(r"\{(\w+)[^{}]*\}|%\((\w+)\)[sdif]")
_VOLATILE = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Generated-By).*\n', re.MULTILINE
)

type_of_key = str | tuple[str, ...]


def path_of(package: str) -> pathlib.Path:
    """Return a package's English catalogue."""
    return COME / package / "locale" / "en" / "LC_MESSAGES" / "django.po"


def read(package: str) -> catalog.Catalog:
    """Return a package's English catalogue, empty when it has none yet."""
    path = path_of(package)
    if not path.exists():
        return catalog.Catalog(locale="en")
    with path.open("rb") as source:
        return pofile.read_po(source, locale="en")


def sentences(package: str) -> Iterator[tuple[type_of_key, str]]:
    """Yield each sentence of a package with the file that says it."""
    for path in sorted((COME / package).rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts or not path.is_file():
            continue
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as source:
            for _, message, _, _ in extract.extract(method, source, KEYWORDS, options=TEMPLATE_OPTIONS):
                key: type_of_key = message if isinstance(message, str) else tuple(message)
                if key:
                    yield key, path.relative_to(ROOT).as_posix()


def wanted() -> dict[str, dict[type_of_key, set[str]]]:
    """Return, by package, the sentences that its catalogue must have, and where they are said."""
    owner: dict[type_of_key, str] = {}
    found: dict[str, dict[type_of_key, set[str]]] = {package: {} for package in PACKAGES}
    for package in PACKAGES:
        for key, place in sentences(package) if (COME / package).is_dir() else ():
            home = owner.setdefault(key[0] if isinstance(key, tuple) else key, package)
            found[home].setdefault(key, set()).add(place)
    return found


def known() -> dict[str, catalog.Message]:
    """Return every sentence that has its English, whatever the catalogue."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for package in PACKAGES
        for message in read(package)
        if message.id and (message.string if isinstance(message.string, str) else all(message.string))
    }


def extract_all() -> int:
    """Write the catalogues again from the sources; what is translated stays."""
    english = known()
    for package, keys in wanted().items():
        if not keys:
            continue
        made = catalog.Catalog(locale="en", project="COME", version="1", fuzzy=False, header_comment=f"# English sentences of {package}.")
        for key in sorted(keys, key=str):
            before = english.get(key[0] if isinstance(key, tuple) else key)
            string = before.string if before is not None else ("" if isinstance(key, str) else ("", ""))
            made.add(key, string, locations=[(place, 0) for place in sorted(keys[key])], flags=_flags(key))
        buffer = io.BytesIO()
        pofile.write_po(buffer, made, width=130, include_lineno=False)
        path = path_of(package)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_VOLATILE.sub("", buffer.getvalue().decode()), encoding="utf-8")
        todo = sum(1 for message in made if message.id and not any(message.string))
        print(f"{path.relative_to(ROOT)}: {len(keys)} sentences, {todo} to translate")
    return 0


def _flags(key: type_of_key) -> set[str]:
    first = key if isinstance(key, str) else key[0]
    return {"python-format"} if "%(" in first else ({"python-brace-format"} if "{" in first else set())


def problems() -> list[str]:
    """Return one line per sentence without English, or whose English names values that the French does not."""
    found = []
    english = known()
    for package, keys in wanted().items():
        for key in keys:
            first = key if isinstance(key, str) else key[0]
            message = english.get(first)
            if message is None or message.fuzzy:
                found.append(f"{package}: no English for {first!r}")
                continue
            source, target = (first, message.string) if isinstance(key, str) else (key[-1], message.string[-1])
            if values(source) != values(str(target)):
                found.append(f"{package}: other values in the English of {first!r}")
    return found


def values(sentence: str) -> set[str]:
    """Return the names of the values that a sentence shows."""
    return {brace or percent for brace, percent in _VALUE.findall(sentence)}


def check_all() -> int:
    """Print the problems; return 1 when there is one."""
    found = problems()
    for line in found:
        print(line)
    print(f"{len(found)} problems" if found else "Every sentence has its English.")
    return 1 if found else 0


def compile_all() -> int:
    """Write each catalogue's compiled form beside it."""
    for path in sorted(COME.glob("*/locale/*/LC_MESSAGES/*.po")):
        with path.open("rb") as source:
            catalogue = pofile.read_po(source)
        temporary = path.with_suffix(".mo.new")
        with temporary.open("wb") as target:
            mofile.write_mo(target, catalogue)
        temporary.replace(path.with_suffix(".mo"))
    return 0


if __name__ == "__main__":
    actions = {"extract": extract_all, "check": check_all, "compile": compile_all}
    sys.exit(actions[sys.argv[1] if len(sys.argv) > 1 else "compile"]())
