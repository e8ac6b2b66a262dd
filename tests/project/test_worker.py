"""What a dead worker left behind is done once; what a failed job deferred is not done at all."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection, transaction
from django.utils import module_loading
from procrastinate import jobs
from procrastinate.contrib.django import app, models, procrastinate_app, utils

from come.project import worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tasks(monkeypatch):
    """Give a place to register tasks of this test alone."""
    monkeypatch.setattr(module_loading, "autodiscover_modules", lambda _: None)
    before = dict(app.tasks)
    yield procrastinate_app.current_app
    app.tasks.clear()
    app.tasks.update(before)


def _dead_worker(*, heartbeat_age_seconds: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second') RETURNING id",
            [heartbeat_age_seconds],
        )
        (number,) = cursor.fetchone()
    return number


def _mark_as_running(job_id: int, worker_id: int | None, *, attempts: int = 1) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
        cursor.execute("UPDATE procrastinate_jobs SET worker_id = %s, attempts = %s WHERE id = %s", [worker_id, attempts, job_id])


def _status(job_id: int) -> str:
    return models.ProcrastinateJob.objects.get(pk=job_id).status


def _recover() -> int:
    async def once() -> int:
        connector = worker._TransactionalConnector(kwargs=utils.connector_params())
        with app.replace_connector(connector) as application:
            async with application.open_async():
                return await worker.Recovery(application).recover()

    return asyncio.run(once())


def test_job_of_a_dead_worker_is_done_once(tasks):
    done = []

    @tasks.task(name="sample.note")
    def note(text):
        done.append(text)

    job_id = note.defer(text="kept")
    _mark_as_running(job_id, _dead_worker(heartbeat_age_seconds=60))
    worker.run(wait=False)
    assert done == ["kept"]
    assert _status(job_id) == "succeeded"
    assert _recover() == 0


def test_job_of_a_living_worker_is_left_alone(tasks):
    @tasks.task(name="sample.idle")
    def idle():
        pass

    job_id = idle.defer()
    _mark_as_running(job_id, _dead_worker(heartbeat_age_seconds=2))
    assert _recover() == 0
    assert _status(job_id) == "doing"


def test_job_that_kills_its_worker_again_and_again_is_given_up(tasks):
    @tasks.task(name="sample.poison")
    def poison():
        pass

    job_id = poison.defer()
    _mark_as_running(job_id, None, attempts=worker.MOST_ATTEMPTS)
    assert _recover() == 0
    assert _status(job_id) == "failed"


def test_what_a_job_defers_belongs_to_its_transaction(tasks):
    done = []

    @tasks.task(name="sample.next")
    def following(text):
        done.append(text)

    @tasks.task(name="sample.refused")
    def refused():
        with transaction.atomic():
            following.defer(text="of a transaction that fails")
            raise ValueError

    @tasks.task(name="sample.accepted")
    def accepted():
        with transaction.atomic():
            following.defer(text="of a transaction that ends well")

    refused.defer()
    accepted.defer()
    worker.run(wait=False)
    worker.run(wait=False)  # without waiting, a run ends before what its last jobs deferred
    assert done == ["of a transaction that ends well"]
    jobs = models.ProcrastinateJob.objects.filter(task_name__startswith="sample.").order_by("id")  # a periodic one may fall due meanwhile
    assert list(jobs.values_list("task_name", "status")) == [
        ("sample.refused", "failed"),
        ("sample.accepted", "succeeded"),
        ("sample.next", "succeeded"),
    ]


def test_own_job_that_lost_its_end_is_found_the_second_time():
    class Manager:
        async def list_jobs_async(self, *, status, worker_id):
            assert (status, worker_id) == ("doing", 7)
            return [jobs.Job(id=number, queue="q", lock=None, queueing_lock=None, task_name="sample.any") for number in (1, 2)]

    class Application:
        job_manager = Manager()

    class Alive:
        worker_id = 7

    recovery = worker.Recovery(Application())
    recovery._worker = Alive()
    recovery._running.add(1)

    async def twice():
        return [[job.id for job in await recovery._own_lost_jobs()] for _ in range(2)]

    assert asyncio.run(twice()) == [[], [2]]
