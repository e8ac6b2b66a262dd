"""The command line: what it prints, what it answers, that it changes nothing when it refuses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from come.catalogue import cli, commands, models

pytestmark = pytest.mark.django_db


def _run(*arguments):
    return CliRunner().invoke(cli.catalogue, [str(argument) for argument in arguments])


@pytest.fixture
def broken(tmp_path, demo_files):
    folder = tmp_path / "faux"
    for path, raw in demo_files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw.replace(b"amount: 8.90", b"amount: -8.90"))
    return folder


def test_import_then_export_gives_the_same_folder(tmp_path, demo_files):
    imported = _run("import", commands.DEMO_FOLDER, "--publish", "--json")
    assert imported.exit_code == 0
    assert json.loads(imported.stdout)["created"] == 1172

    exported = _run("export", tmp_path / "sortie")

    assert exported.exit_code == 0
    found = {
        path.relative_to(tmp_path / "sortie").as_posix(): path.read_bytes() for path in (tmp_path / "sortie").rglob("*") if path.is_file()
    }
    assert found == demo_files


def test_a_broken_folder_is_refused_with_its_lines(broken):
    answer = _run("import", broken, "--publish", "--json")

    assert answer.exit_code == 2
    body = json.loads(answer.stdout)
    assert body["imported"] is False
    assert [(problem["file"], problem["code"]) for problem in body["problems"]] == [("offerings/mobile.yaml", "catalogue.value.negative")]
    assert body["problems"][0]["line"] > 1
    assert models.Offering.objects.count() == 0


@pytest.mark.parametrize("options", [(), ("--offline",)])
@pytest.mark.parametrize(("language", "said"), [("fr", "→ Écrivez une valeur positive"), ("en", "→ Write a positive value")])
def test_a_check_says_what_is_wrong_and_what_to_do(broken, monkeypatch, options, language, said):
    monkeypatch.setenv("COME_LANG", language)

    answer = _run("check", broken, *options)

    assert answer.exit_code == 2
    assert "offerings/mobile.yaml:" in answer.stderr
    assert said in answer.stderr


def test_a_check_without_mistake():
    assert json.loads(_run("check", commands.DEMO_FOLDER, "--json").stdout) == {"files": 17, "problems": []}


def test_an_export_never_overwrites(tmp_path):
    (tmp_path / "notes.txt").write_text("à garder")

    answer = _run("export", tmp_path)

    assert answer.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_replayed_request_imports_once():
    for _ in range(2):
        assert _run("import", commands.DEMO_FOLDER, "--publish", "--request-id", "r-1").exit_code == 0

    assert models.CatalogueImport.objects.count() == 1


def _copied(folder, files, old=b"", new=b""):
    for path, raw in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw.replace(old, new, 1) if old and path == "offerings/mobile.yaml" else raw)
    return folder


def test_the_difference_of_two_folders(tmp_path, demo_files):
    before = _copied(tmp_path / "avant", demo_files)
    after = _copied(tmp_path / "apres", demo_files, b"amount: 8.90", b"amount: 9.90")

    answer = _run("diff", before, after, "--json")

    assert answer.exit_code == 1
    (change,) = json.loads(answer.stdout)["changes"]
    assert (change["list_name"], change["kind"], change["before"], change["after"]) == ("offerings", "changed", "8.90", "9.90")
    assert change["path"].startswith("prices[")
    assert _run("diff", before, before).exit_code == 0


def test_the_difference_of_two_days_and_of_two_versions(demo):
    days = _run("diff", "2026-06-30", "2026-11-02", "--json")
    versions = _run("diff", "MOB-ILL-50:1", "MOB-ILL-50:2", "--json")

    changes = json.loads(days.stdout)["changes"]
    price = next(one for one in changes if one["key"] == "MOB-ILL-50" and one["path"].endswith(".amount"))
    assert (price["before"], price["after"]) == ("21.90", "22.90")
    assert price in json.loads(versions.stdout)["changes"]


def test_a_side_that_is_nothing_is_said(demo):
    answer = _run("diff", "GIRAFE", "2026-01-01")

    assert answer.exit_code == 1
    assert "GIRAFE" in answer.output
