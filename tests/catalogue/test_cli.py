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
def test_a_check_says_what_is_wrong_and_what_to_do(broken, options):
    answer = _run("check", broken, *options)

    assert answer.exit_code == 2
    assert "offerings/mobile.yaml:" in answer.stderr
    assert "→ Écrivez une valeur positive" in answer.stderr


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
