"""Habits of the sources that no general linter checks."""

from __future__ import annotations

import ast
import pathlib
import re

import pytest

from rules import sources

# "About 400": the margin keeps one more docstring from forcing a folder.
LONGEST_FILE_LINES = 430
LONGEST_FUNCTION_LINES = 70
LONGEST_README_LINES = 40
# The home of a person or of a build machine; documentation and code name places by variables or relative paths.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:home|root|Users|work|workspace|builds?)/[A-Za-z._-]")
BINARY = {".woff2", ".png", ".ico", ".pdf", ".parquet", ".zip", ".gz", ".mo", ".otf", ".ttf", ".icc", ".jpg", ".webp"}


def _texts():
    for path in sources.tracked():
        if path.suffix not in BINARY and not path.name.endswith((".lock", "package-lock.json")):
            yield path, path.read_text(encoding="utf-8")


def test_no_path_of_a_machine():
    here = pathlib.Path(__file__)
    found = [
        sources.shown(path, number)
        for path, text in _texts()
        if path != here
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_nothing_unfinished():
    mark = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|NotImplementedError|pytest\.mark\.(?:skip|xfail)\b")
    found = [
        sources.shown(path, number)
        for path, text in _texts()
        if path.suffix in {".py", ".html", ".js", ".css"} and path != pathlib.Path(__file__)
        for number, line in enumerate(text.splitlines(), 1)
        if mark.search(line)
    ]
    assert found == []


def test_silenced_checks_say_why():
    """`# noqa: X - reason` and `# type: ignore[x]  # reason`: the reason stands on the same line."""
    noqa, ignore = re.compile(r"#\s*noqa(?!: [A-Z0-9, ]+ - \S)"), re.compile(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+#\s*\S)")
    found = [
        sources.shown(path, number)
        for path in [*sources.python_files(), *sorted((sources.ROOT / "tests").rglob("*.py"))]
        if path != pathlib.Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if noqa.search(line) or ignore.search(line)
    ]
    assert found == []


def test_files_are_short():
    """Past about 400 lines a file becomes a folder, one verb a file, re-exported."""
    lengths = {sources.shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources.python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE_LINES} == {}


def test_functions_are_short():
    found = {}
    for path in sources.python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION_LINES:
                    found[f"{sources.shown(path, node.lineno)} {node.name}"] = lines
    assert found == {}


@pytest.mark.parametrize("package", sorted(name.removeprefix("come.") for name in sources.contracts()["files"]["containers"]))
def test_package_says_what_it_owns(package):
    readme = sources.COME / package / "README.md"
    assert readme.exists()
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= LONGEST_README_LINES


def test_only_the_edge_reads_the_clock():
    """Domain functions take `at`; views, api, jobs, cli, edges, project and shared.clock know what time it is."""
    edge = re.compile(r"/(?:project|edges)/|/(?:views|api|jobs|cli|middleware|clock|web)(?:\.py|/)")
    call = re.compile(r"\b(?:clock\.(?:now|today)|timezone\.now|datetime\.now|date\.today|dt\.datetime\.now|dt\.date\.today|time\.time)\(")
    found = [
        sources.shown(path, number)
        for path in sources.python_files()
        if not edge.search(path.as_posix())
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if call.search(line)
    ]
    assert found == []
