"""Every template: compiles, uses components, icons and classes that exist, links to pages that exist, holds no inline code."""

from __future__ import annotations

import pathlib
import re

import pytest
from django import urls
from django.template import engines

ROOT = pathlib.Path(__file__).resolve().parents[2] / "src" / "come"
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))
STYLES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("*/static/**/*.css")))
SCRIPTS = sorted(ROOT.glob("*/static/**/*.js"))
CLASSES = frozenset(re.findall(r"\.([a-zA-Z][\w-]*)", STYLES))
COMPONENTS = frozenset(re.findall(r"{% macro ([a-z]\w*)\(", (ROOT / "shared/templates/shared/components.html").read_text(encoding="utf-8")))
ICONS = frozenset(re.findall(r'^  "([a-z-]+)": ', (ROOT / "shared/templates/shared/icons.html").read_text(encoding="utf-8"), re.MULTILINE))
PAGE_NAME = re.compile(r'"([a-z]+:[a-z_]+)"')


def name_of(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT))


def without_comments(source: str) -> str:
    return re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)


@pytest.fixture(params=TEMPLATES, ids=name_of)
def template(request) -> pathlib.Path:
    path: pathlib.Path = request.param
    return path


@pytest.fixture
def source(template) -> str:
    return without_comments(template.read_text(encoding="utf-8"))


def test_it_compiles(template):
    engines["jinja2"].get_template(str(template).split("/templates/")[1])


def test_it_holds_no_inline_code_nor_style(source):
    bare = re.sub(r"{{.*?}}|{%.*?%}", "", source, flags=re.DOTALL)
    assert re.findall(r"<[a-z][^>]*\s(?:style|on[a-z]+|hx-on[\w:-]*)=", bare) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", bare) == []
    assert "javascript:" not in bare


def test_its_components_and_icons_exist(source):
    assert set(re.findall(r"\bui\.([a-z_]+)\(", source)) <= COMPONENTS
    assert set(re.findall(r'(?:ui|drawn)\.icon\("([a-z-]+)"', source)) | set(re.findall(r'\bicon="([a-z-]+)"', source)) <= ICONS


def test_its_classes_are_drawn(source):
    literal = (value for value in re.findall(r'class="([^"]*)"', source) if "{" not in value)
    assert {name for value in literal for name in value.split()} <= CLASSES


def test_its_links_lead_somewhere(source):
    named = set(re.findall(r'url\(\s*"([a-z]+:[a-z_]+)"', source))
    assert {name for name in named if not exists(name)} == set()


@pytest.mark.parametrize("package", sorted({path.parents[0] for path in ROOT.glob("*/urls.py")}), ids=lambda path: path.name)
def test_pages_named_by_views_exist(package):
    texts = [path.read_text(encoding="utf-8") for path in [*package.glob("views.py"), *package.glob("views/*.py")]]
    named = {name for text in texts for name in re.findall(r'(?:see_other|redirect|reverse)\([^)]*?"([a-z]+:[a-z_]+)"', text)}
    assert {name for name in named if not exists(name)} == set()


def test_the_places_of_the_rail_and_the_parts_of_the_homes_exist():
    texts = [(ROOT / "staff/views" / name).read_text(encoding="utf-8") for name in ("shell.py", "home.py", "search.py")]
    named = {name for text in texts for name in PAGE_NAME.findall(text)}
    assert {name for name in named if not exists(name)} == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_scripts_build_no_code_and_no_markup_from_text(script):
    text = script.read_text(encoding="utf-8")
    assert re.findall(r"\beval\(|new Function\(|innerHTML|insertAdjacentHTML|document\.write|\.outerHTML\s*=", text) == []


def exists(name: str) -> bool:
    """Tell whether a page of that name is in the table of addresses, whatever its arguments."""
    namespace, _colon, page = name.partition(":")
    resolver = urls.get_resolver()
    if namespace not in resolver.namespace_dict:
        return False
    return page in resolver.namespace_dict[namespace][1].reverse_dict
