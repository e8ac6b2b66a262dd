"""Compile the message catalogues of all packages (`compile`), or tell what is not translated (`check`)."""

from __future__ import annotations

import pathlib
import sys

from babel.messages import mofile, pofile

ROOT = pathlib.Path(__file__).resolve().parents[1]


def catalogues() -> list[pathlib.Path]:
    """Return every catalogue of the product."""
    return sorted((ROOT / "src" / "come").glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_all() -> int:
    """Write each catalogue's compiled form beside it."""
    for path in catalogues():
        with path.open("rb") as source:
            catalogue = pofile.read_po(source)
        temporary = path.with_suffix(".mo.new")
        with temporary.open("wb") as target:
            mofile.write_mo(target, catalogue)
        temporary.replace(path.with_suffix(".mo"))
    return 0


def check_all() -> int:
    """Print each message without translation or marked as doubtful; return 1 when there is one."""
    missing = 0
    for path in catalogues():
        with path.open("rb") as source:
            catalogue = pofile.read_po(source)
        for message in catalogue:
            texts = [message.string] if isinstance(message.string, str) else list(message.string)
            if message.id and (message.fuzzy or not all(texts)):
                missing += 1
                print(f"{path.relative_to(ROOT)}:{message.lineno}: {message.id!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    actions = {"compile": compile_all, "check": check_all}
    sys.exit(actions[sys.argv[1] if len(sys.argv) > 1 else "compile"]())
