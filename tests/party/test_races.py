"""Two sellers at the same second: each race is shown with its guard off, then closed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

import party_world
import staff_cast
from come.party import commands, models, queries
from come.shared import obstacles

pytestmark = pytest.mark.django_db(transaction=True)
AT = party_world.AT
MEETING_SECONDS = 0.4


@pytest.fixture
def cast(transactional_db):
    return staff_cast.gather()


def _together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run the acts at once, each on its own connection; return what each answered or raised."""
    answers: list[Any] = [None] * len(acts)

    def run(index: int) -> None:
        try:
            answers[index] = acts[index]()
        except Exception as error:  # noqa: BLE001 - the answer of a race is looked at by the test
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _meet_after(monkeypatch, name: str, parties: int = 2) -> None:
    """Make everybody who has read wait for the others, so that all decide on what they read before anybody wrote."""
    barrier = threading.Barrier(parties)
    read = getattr(queries, name)

    def reading(**arguments):
        found = read(**arguments)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=MEETING_SECONDS)
        return found

    monkeypatch.setattr(queries, name, reading)


@contextlib.contextmanager
def _without_constraint(table, name: str):
    constraint = next(one for one in table._meta.constraints if one.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(table, constraint)
    try:
        yield
    finally:
        table.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(table, constraint)


def _race(cast, one) -> list[Any]:
    return _together([lambda: party_world.open_file(one, cast.alice), lambda: party_world.open_file(one, cast.bob)])


@pytest.fixture
def known(cast):
    """Return a company whose establishment is known already, under another perimeter."""
    one = party_world.company()
    party_world.open_file(one, cast.alice, perimeter="Atelier")
    return one


def test_without_lock_and_constraint_two_sellers_make_a_duplicate(cast, known, monkeypatch):
    monkeypatch.setattr("come.party.commands._companies.wait_for_turn", lambda *_: None)
    _meet_after(monkeypatch, "exists_elsewhere")
    with _without_constraint(models.CustomerFile, "customer_file_perimeter_once"):
        answers = _race(cast, known)
        assert [type(answer) for answer in answers] == [commands.CreatedFile, commands.CreatedFile]
        assert models.CustomerFile.objects.filter(perimeter="").count() == 2


def test_without_lock_the_constraint_keeps_one_and_the_other_is_told(cast, known, monkeypatch):
    monkeypatch.setattr("come.party.commands._companies.wait_for_turn", lambda *_: None)
    _meet_after(monkeypatch, "exists_elsewhere")
    _one_opens_and_one_is_told(_race(cast, known))


def test_with_the_lock_one_opens_and_the_other_is_told(cast, known, monkeypatch):
    _meet_after(monkeypatch, "exists_elsewhere")
    _one_opens_and_one_is_told(_race(cast, known))


def _one_opens_and_one_is_told(answers: list[Any]) -> None:
    [file] = models.CustomerFile.objects.filter(perimeter="")
    [made] = [answer for answer in answers if isinstance(answer, commands.CreatedFile)]
    [refused] = [answer for answer in answers if isinstance(answer, obstacles.Refusal)]
    assert made.reference == file.reference
    assert refused.code == "party.file_exists"
    assert file.reference in refused.obstacles[0].message


def test_a_company_nobody_knew_is_adopted_once_by_many(cast):
    one = party_world.company()
    sellers = [cast.alice, cast.bob, cast.diane, cast.alice, cast.bob, cast.diane]
    answers = _together([lambda seller=seller: party_world.open_file(one, seller) for seller in sellers])
    assert models.LegalUnit.objects.count() == models.Establishment.objects.count() == models.CustomerFile.objects.count() == 1
    assert len([answer for answer in answers if isinstance(answer, commands.CreatedFile)]) == 1
    assert {answer.code for answer in answers if isinstance(answer, obstacles.Refusal)} == {"party.file_exists"}


def _provisional(cast, seller) -> commands.CreatedFile:
    return commands.create_provisional_file(
        name="Boulangerie Éclat",
        agency_id=cast.lyon,
        owner_id=seller.staff_id,
        segment="pro",
        actor=seller,
        at=AT,
    )


def test_without_lock_one_name_makes_two_provisional_files_unasked(cast, monkeypatch):
    monkeypatch.setattr("come.party.commands._companies.wait_for_turn", lambda *_: None)
    _meet_after(monkeypatch, "candidates")
    _together([lambda: _provisional(cast, cast.alice), lambda: _provisional(cast, cast.bob)])
    assert models.CustomerFile.objects.count() == 2


def test_with_the_lock_the_second_is_asked_about_the_first(cast, monkeypatch):
    _meet_after(monkeypatch, "candidates")
    answers = _together([lambda: _provisional(cast, cast.alice), lambda: _provisional(cast, cast.bob)])
    assert models.CustomerFile.objects.count() == 1
    assert [answer.code for answer in answers if isinstance(answer, obstacles.Conflict)] == ["party.looks_like"]


def test_one_request_sent_twice_at_once_opens_one_file(cast):
    one = party_world.company()
    alice = cast.alice.with_request("double-clic")
    first, second = _together([lambda: party_world.open_file(one, alice), lambda: party_world.open_file(one, alice)])
    assert isinstance(first, commands.CreatedFile)
    assert first == second
    assert models.CustomerFile.objects.count() == 1
