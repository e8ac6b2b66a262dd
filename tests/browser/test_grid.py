"""The grid of lines under the strict content security policy: drawn, marked, pasted into, in both themes."""

from __future__ import annotations

import pytest
from django.template import engines
from django.test import RequestFactory
from playwright import sync_api

import staff_cast
from come.staff.views import shell

PAGE = """
{% extends "shared/base.html" %}
{% import "shared/components.html" as ui with context %}
{% block title %}Grille{% endblock %}
{% block head %}<script src="{{ static("vendor/ag-grid/ag-grid-community.min.js") }}" defer></script>
<script type="module" src="/essai.js"></script>{% endblock %}
{% block content %}{{ ui.page_header("Lignes du devis") }}<div class="grid" id="lines"></div>{% endblock %}
"""
SCRIPT = """
import { makeGrid, parseTable } from "/static/come/grid.js";
window.told = [];
const rows = Array.from({ length: 500 }, (_, index) => ({ id: index, msisdn: `06 12 34 ${index}`, rio: "01P", issues: {} }));
rows[1].issues.rio = "La clé du RIO est fausse.";
window.grid = makeGrid(document.getElementById("lines"), {
  columns: [
    { field: "msisdn", headerName: "Numéro", editable: true },
    { field: "rio", headerName: "RIO", editable: true },
  ],
  rows,
  label: "Lignes du devis",
  onChange: (change) => window.told.push(["change", change.row.id, change.field, change.value]),
  onPaste: (paste) => window.told.push(["paste", paste.row?.id, paste.field, paste.cells]),
});
window.parseTable = parseTable;
"""
POLICY = "default-src 'self'; style-src 'self' 'nonce-essai'; img-src 'self' data:; font-src 'self' data:"


@pytest.fixture
def grid(live_server, visit):
    alice = staff_cast.gather().alice
    request = RequestFactory().get("/")
    request.actor, request.session, request._messages = alice, {}, []
    request.shell = shell.Shell(request)
    request.csp_nonce = "essai"
    body = engines["jinja2"].from_string(PAGE).render({}, request)

    def opened(**options) -> sync_api.Page:
        page = visit(alice, **options)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        page.route(f"{live_server.url}/grille/", lambda route: route.fulfill(body=body, headers=headers))
        page.route("**/essai.js", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"))
        page.goto(f"{live_server.url}/grille/")
        page.locator(".ag-row").first.wait_for()
        return page

    return opened


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_grid_wears_our_colours_and_is_accessible(grid, check_accessible, theme):
    page = grid(theme=theme)
    surface = page.evaluate("getComputedStyle(document.querySelector('.topbar .search-open')).backgroundColor")
    assert page.evaluate("getComputedStyle(document.querySelector('.ag-row')).backgroundColor") in {surface, "rgba(0, 0, 0, 0)"}
    assert page.evaluate("getComputedStyle(document.querySelector('.ag-root-wrapper')).backgroundColor") == surface
    sync_api.expect(page.locator(".cell-bad")).to_have_count(1)
    check_accessible(page)


def test_an_edited_cell_is_told_and_enter_goes_down(grid):
    page = grid()
    page.locator(".ag-cell").first.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("06 99")
    page.keyboard.press("Enter")
    assert page.evaluate("window.told") == [["change", 0, "msisdn", "06 99"]]
    assert page.evaluate("window.grid.getFocusedCell().rowIndex") == 1


def test_a_table_pasted_on_a_cell_is_told_with_its_place(grid):
    page = grid()
    page.locator(".ag-row[row-index='2'] .ag-cell").first.click()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text/plain", "06 1\\t01P\\n06 2\\t02P\\n");
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    assert page.evaluate("window.told") == [["paste", 2, "msisdn", [["06 1", "01P"], ["06 2", "02P"]]]]


def test_a_spreadsheet_s_quotes_and_line_ends_are_read(grid):
    page = grid()
    copied = 'a\t"deux\nlignes"\r\n"dit ""oui"" "\t\r\n'
    read = page.evaluate("window.parseTable", copied)
    assert read == [["a", "deux\nlignes"], ['dit "oui" ', ""]]
