"""Tables as files: read whatever wrote them, written so that nothing is lost or run."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from come.shared import obstacles, sheets


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", ["\t", ";", ",", "|"])
def test_a_text_is_read_in_any_usual_encoding_and_with_any_separator(encoding, separator):
    content = f"Élodie{separator}Éco 5 Go\r\nZoé{separator}\r\n".encode(encoding)
    assert sheets.read_file(content=content, name="lignes.csv") == [["Élodie", "Éco 5 Go"], ["Zoé", ""]]


def test_excel_s_own_word_for_the_separator_is_understood():
    assert sheets.split_text("sep=|\na|b;c\n") == [["a", "b;c"]]


def test_a_quoted_cell_keeps_its_line_ends_and_an_unclosed_one_swallows_nothing_for_ever():
    assert sheets.split_text('a;"b\nc"\nd;e\n') == [["a", "b\nc"], ["d", "e"]]
    assert len(sheets.split_text('a;"b\n' + "c;d\n" * 50_000)) >= 50_000


def test_a_workbook_comes_back_as_it_left():
    rows = [["=1+1", "0612345678", "8933990000000000017", Decimal("9.90"), 3, None], ["-x", "'", "a\x01b", None, 0, ""]]
    content = sheets.write_xlsx(title="DEV-2026-000001", headings=list("abcdef"), rows=rows)
    assert sheets.read_file(content=content, name="a.xlsx") == [
        list("abcdef"),
        ["=1+1", "0612345678", "8933990000000000017", "9.9", "3", ""],
        ["-x", "'", "ab", "", "0", ""],
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert (sheet["A2"].data_type, sheet["C2"].number_format, sheet["D2"].value) == ("s", "@", 9.9)
    assert sheet.freeze_panes == "A2"


def test_a_csv_is_for_a_french_spreadsheet_and_runs_nothing():
    content = sheets.write_csv(headings=["a", "b"], rows=[["=1+1", Decimal("9.90")], ["@x", None]])
    assert content == "\ufeffa;b\r\n'=1+1;9,90\r\n'@x;\r\n".encode()


def test_numbers_of_a_workbook_are_whole_where_they_are():
    book = openpyxl.Workbook()
    book.active.append([612345678, 1.5, True])
    out = io.BytesIO()
    book.save(out)
    assert sheets.read_file(content=out.getvalue(), name="a.xlsx") == [["612345678", "1.5", "True"]]


def test_what_is_no_table_is_refused_with_what_to_do(monkeypatch):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bombe", b"0" * 50_000)
    monkeypatch.setattr(sheets, "_MOST_BYTES", 40_000)
    for content, step in (
        (b"PK\x03\x04casse", "Ouvrez-le dans le tableur"),
        (archive.getvalue(), "Il est trop grand"),
        (b"\xd0\xcf\x11\xe0", "ancien format"),
    ):
        with pytest.raises(obstacles.Refusal) as refused:
            sheets.read_file(content=content, name="lignes.xlsx")
        assert refused.value.code == "shared.unreadable_file"
        assert step in refused.value.obstacles[0].next_step
        assert refused.value.obstacles[0].path == "", "the name of a form's field is no place for a reader"
