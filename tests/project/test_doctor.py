"""The examination finds what is wrong, says it in both languages, and how to mend it."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import types

import pytest
from click.testing import CliRunner
from django.db import connection
from procrastinate.contrib.django import app

from come.project import browser, cli_serve, cluster, doctor
from come.project.doctor import findings, installation, running
from come.project.doctor.findings import State
from come.shared import clock, text


def _found(examination) -> dict[str, State]:
    return {one.code: one.state for one in examination()}


def test_every_sentence_has_its_translation_and_every_fault_its_mending():
    with pytest.raises(TypeError):
        findings.wrong("code", "français", "english")
    one = findings.wrong("code", "français", "english", "réparer", "mend")
    assert doctor.as_json([one]) == {
        "is_well": False,
        "findings": [
            {"code": "code", "state": "wrong", "message": {"fr": "français", "en": "english"}, "mend": {"fr": "réparer", "en": "mend"}}
        ],
    }


def test_this_environment_is_the_locked_one():
    assert _found(installation.python) == {"python.version": State.WELL}
    assert _found(installation.packages) == {"packages.lock": State.WELL}


def test_package_of_another_version_is_named(monkeypatch):
    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.1" if name == "django" else real(name))
    (one,) = installation.packages()
    assert one.state is State.WRONG
    assert "django 0.1" in one.english


def test_lock_is_read_with_markers_and_several_versions():
    text = "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:0\nnumpy==2.5.5 ; x\nDjango==5.2.19 \\\n    # via x==1\n"
    assert installation.locked_versions(text) == {"numpy": {"2.4.6", "2.5.5"}, "django": {"5.2.19"}}


def test_absent_database_is_said_and_not_created(tmp_path, monkeypatch):
    monkeypatch.setenv("COME_HOME", str(tmp_path))
    monkeypatch.delenv("COME_DATABASE_URL", raising=False)
    assert _found(installation.database) == {"database.absent": State.LOOK}
    assert cluster.status() == "absent"


def test_missing_browser_is_no_fault(monkeypatch):
    monkeypatch.setenv("COME_CHROMIUM", "/nowhere/chromium")
    assert browser.executable() is None
    assert _found(installation.test_browser) == {"browser": State.LOOK}


def test_examination_that_fails_is_a_finding(monkeypatch):
    def broken():
        raise ValueError("unexpected")
        yield

    monkeypatch.setattr(installation, "EXAMINATIONS", (broken,))
    monkeypatch.setattr(cluster, "status", lambda: "absent")
    (one,) = doctor.examine()
    assert (one.code, one.state) == ("broken.failed", State.WRONG)
    assert "ValueError: unexpected" in one.french


@pytest.mark.django_db
def test_database_of_the_tests_is_well():
    assert _found(running.server) == {"database.version": State.WELL}
    assert _found(running.migrations) == {"database.migrations": State.WELL}
    assert _found(running.clocks) == {"time.drift": State.WELL}


@pytest.mark.django_db
def test_missing_migration_is_counted():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'staff'")
    assert _found(running.migrations) == {"database.migrations": State.WRONG}


def _job(*, status: str, age_minutes: int) -> None:
    job_id = app.configure_task("sample.any", allow_unknown=True).defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", [status, job_id])
        cursor.execute("UPDATE procrastinate_events SET at = at - %s WHERE job_id = %s", [dt.timedelta(minutes=age_minutes), job_id])


def _worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


@pytest.mark.django_db
def test_jobs_without_worker():
    assert _found(running.jobs) == {"jobs.workers": State.LOOK}
    _job(status="todo", age_minutes=5)
    assert _found(running.jobs) == {"jobs.workers": State.WRONG}
    _worker()
    assert _found(running.jobs) == {"jobs.workers": State.WELL, "jobs.waiting": State.LOOK}


@pytest.mark.django_db
def test_lost_and_failed_jobs_are_said():
    _worker()
    _job(status="doing", age_minutes=5)
    _job(status="failed", age_minutes=5)
    _job(status="succeeded", age_minutes=5)
    _job(status="todo", age_minutes=0)
    assert _found(running.jobs) == {"jobs.workers": State.WELL, "jobs.lost": State.LOOK, "jobs.failed": State.WRONG}


def _cause(*, lines: int, due_in_hours: int) -> types.SimpleNamespace:
    due = clock.now() + dt.timedelta(hours=due_in_hours)
    return types.SimpleNamespace(
        line_count=lines,
        due_at=due,
        cause_fr=text.T("La SIM {sim} est déjà affectée.", sim="8933"),
        next_step_fr=text.T("Choisissez-en une autre."),
    )


@pytest.mark.parametrize(("count", "said"), [(0, "0 jobs wait"), (1, "1 job waits"), (2, "2 jobs wait")])
def test_one_thing_and_several_are_said_apart(count, said):
    assert findings.counted(count, "job waits", "jobs wait") == said


@pytest.mark.django_db
def test_a_single_late_line_is_said_in_the_singular(monkeypatch):
    monkeypatch.setattr(running.order_queries, "held_causes", lambda **_: (_cause(lines=1, due_in_hours=-1),))
    monkeypatch.setattr(running.overdue, "steps_past_their_age", lambda **_: [])
    monkeypatch.setattr(running.order_queries, "breakers", dict)
    (found,) = running.orders()
    assert found.french == "1 ligne en attente au-delà de la date promise : La SIM 8933 est déjà affectée."
    assert found.english.startswith("1 line held past the due date: ")


@pytest.mark.django_db
def test_orders_without_trouble_are_well():
    assert _found(running.orders) == {"orders.held": State.WELL}


@pytest.mark.django_db
def test_late_repairs_old_steps_and_cut_systems_are_said(monkeypatch):
    since = dt.datetime(2026, 11, 2, 8, 30, tzinfo=dt.UTC)
    monkeypatch.setattr(
        running.order_queries, "held_causes", lambda **_: (_cause(lines=3, due_in_hours=-1), _cause(lines=2, due_in_hours=1))
    )
    monkeypatch.setattr(running.overdue, "steps_past_their_age", lambda **_: [("activate", "network", 7, since)])
    monkeypatch.setattr(running.order_queries, "breakers", lambda: {"network": ("open", since, None), "mail": ("closed", since, None)})
    found = {one.code: one for one in running.orders()}
    assert {code: one.state for code, one in found.items()} == {
        "orders.held": State.WRONG,
        "orders.in_repair": State.LOOK,
        "orders.overdue": State.WRONG,
        "orders.breaker": State.LOOK,
    }
    assert found["orders.held"].french == "3 lignes en attente au-delà de la date promise : La SIM 8933 est déjà affectée."
    assert found["orders.in_repair"].english == "2 lines held for a repair, within their time"
    assert found["orders.overdue"].english == "7 steps activate (network) without news since 2026-11-02 08:30 UTC"


def test_open_secret_and_open_demonstration_are_faults(settings, tmp_path):
    settings.COME_HOME = tmp_path
    settings.SECRET_KEY = "short"
    settings.COME_DEMO = True
    settings.ALLOWED_HOSTS = ["come.example", "localhost"]
    assert _found(running.safety) == {"safety.key": State.WRONG, "safety.demo": State.LOOK, "safety.hosts": State.WRONG}
    settings.SECRET_KEY = "k" * 50
    settings.COME_DEMO = False
    settings.COME_HTTPS = True
    key = tmp_path / "secret_key"
    key.write_text("k", encoding="utf-8")
    key.chmod(0o644)
    assert _found(running.safety) == {"safety.key": State.WRONG}
    key.chmod(0o600)
    assert _found(running.safety) == {"safety.key": State.WELL}


def test_exit_code_tells_programs(monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda: [findings.well("a", "bien", "well")])
    assert CliRunner().invoke(cli_serve.doctor, []).exit_code == 0
    monkeypatch.setattr(doctor, "examine", lambda: [findings.wrong("a", "mal", "bad", "réparer", "mend")])
    result = CliRunner().invoke(cli_serve.doctor, ["--json"])
    assert result.exit_code == 1
    assert json.loads(result.output)["is_well"] is False
