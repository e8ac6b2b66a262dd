"""The set-up does each thing once, does it again when what it is made from changed, and explains its failures."""

from __future__ import annotations

import importlib.util
import re
import sys

import pytest

from rules import sources

ROOT = sources.ROOT


@pytest.fixture
def setup(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("come_setup", ROOT / "tools" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "come_setup", module)  # dataclasses look their module up
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "STAMPS", tmp_path / "stamps")
    monkeypatch.setenv("COME_LANG", "en")
    return module


@pytest.mark.parametrize("name", ["requirements.lock", "dev.lock", "tools/bootstrap.lock", "tools/node.lock", "package-lock.json"])
def test_lock_files_pin_by_hash_and_name_no_registry(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!github\.com/sponsors|opencollective)", text)
    if name.endswith(".json"):
        packages, hashes = text.count('"version"'), text.count('"integrity"')
        assert packages == hashes > 0
    else:
        blocks = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\n(?:    [^\n]*\n?)*", text, re.MULTILINE)
        assert blocks
        assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_shared_packages_have_one_version_in_both_locks():
    def pins(name):
        return set(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    run, dev = pins("requirements.lock"), pins("dev.lock")
    names = {name for name, _ in run}
    assert {pin for pin in dev if pin[0] in names} <= run


def test_step_is_done_once_and_again_when_its_source_changed(setup):
    done = []
    step = setup.Step("sample", "Sample", "a", lambda: done.append("a"))
    assert step.ensure() is True
    assert step.ensure() is False
    assert setup.Step("sample", "Sample", "b", lambda: done.append("b")).ensure() is True
    assert done == ["a", "b"]


def test_step_is_done_again_when_its_result_vanished(setup):
    done = []
    setup.Step("sample", "Sample", "a", lambda: done.append(1)).ensure()
    assert setup.Step("sample", "Sample", "a", lambda: done.append(2), is_there=lambda: False).ensure() is True
    assert done == [1, 2]


def test_failed_step_leaves_no_stamp(setup):
    def fail():
        raise setup.SetupError("no")

    with pytest.raises(setup.SetupError):
        setup.Step("sample", "Sample", "a", fail).ensure()
    assert not (setup.STAMPS / "sample").exists()


def test_environment_with_the_checks_serves_the_product_too(setup):
    steps = {step.name: step for step in setup.steps(dev=False)}
    full = {step.name: step for step in setup.steps(dev=True)}
    assert steps["packages"].accepts == (full["packages"].stamp,)
    assert full["packages"].accepts == ()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("error: dns error: failed to lookup", "registry could not be reached"),
        ("npm error code ENOTFOUND", "registry could not be reached"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: Hash mismatch for `django`", "not the one of the lock file"),
        ("Permission denied (os error 13)", "belongs to another user"),
    ],
)
def test_failure_says_what_to_do(setup, said, expected):
    assert expected in str(setup.failure(["/usr/bin/uv", "pip"], f"first line\n{said}"))
    assert said in str(setup.failure(["/usr/bin/uv", "pip"], said))


def test_every_served_file_is_of_a_locked_package(setup):
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    for source in setup.FILES_TO_SERVE:
        parts = source.split("/")
        name = "/".join(parts[:2]) if source.startswith("@") else parts[0]
        assert f'"node_modules/{name}"' in lock
