"""The job worker: runs what was deferred, on every queue, and picks up what a dead worker left behind.

Jobs live in the product's own database. Three things are added to the library's worker: jobs that a job defers belong to
that job's own transaction; a job whose worker died (`kill -9`) is put back in the queue within seconds, up to a number of
attempts; a job that lost its end to a restart of the database is put back too.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import signal
from typing import Any

import procrastinate
from django.utils import module_loading
from procrastinate import connector as connectors, exceptions, jobs, psycopg_connector
from procrastinate.contrib.django import app, django_connector, utils
from procrastinate.worker import Worker

from come.project import cluster

logger = logging.getLogger("come.worker")

CONCURRENT_JOBS = 4
HEARTBEAT_SECONDS = 3.0
# Five heartbeats: a worker whose process computes hard may miss one or two.
DEAD_AFTER_SECONDS = 15.0
RECOVERY_SECONDS = 5.0
# A job that took its worker down this often is not tried again by itself; `come doctor` shows it.
MOST_ATTEMPTS = 5
KEPT_HOURS = 72
_CLEANING_SECONDS = 3600.0
_RECONNECTION_SECONDS = 1.0


class _TransactionalConnector(psycopg_connector.PsycopgConnector):
    """The worker's own connections for fetching; Django's for what a job defers, inside the transaction of its command."""

    def get_sync_connector(self) -> connectors.BaseConnector:
        return django_connector.DjangoConnector()


class Recovery:
    """Finds the jobs that are marked as running and run nowhere, and puts them back in the queue."""

    def __init__(self, application: procrastinate.App) -> None:
        self._app = application
        self._running: set[int] = set()
        self._worker: Worker | None = None
        self._suspects: set[int] = set()

    async def watch(self, call_next: Any, context: procrastinate.JobContext, worker: Worker) -> Any:
        """Remember, around each job, that this process runs it."""
        self._worker = worker
        job_id = context.job.id or 0
        self._running.add(job_id)
        try:
            return await call_next()
        finally:
            self._running.discard(job_id)

    async def recover(self) -> int:
        """Put back the jobs of dead workers and this worker's own lost ones; return how many."""
        manager = self._app.job_manager
        stalled = {job.id: job for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS) if job.id}
        lost = await self._own_lost_jobs()
        count = 0
        for job in [*stalled.values(), *lost]:
            with contextlib.suppress(exceptions.ConnectorException):  # another worker was first
                count += await self._put_back(job)
        await manager.prune_stalled_workers(DEAD_AFTER_SECONDS)
        return count

    async def _put_back(self, job: jobs.Job) -> int:
        if job.attempts >= MOST_ATTEMPTS:
            logger.error("job %s given up after %s attempts: %s", job.id, job.attempts, job.call_string)
            await self._app.job_manager.finish_job(job=job, status=jobs.Status.FAILED, delete_job=False)
            return 0
        logger.warning("job %s put back in the queue: %s", job.id, job.call_string)
        await self._app.job_manager.retry_job(job=job, retry_at=dt.datetime.now(dt.UTC))
        return 1

    async def _own_lost_jobs(self) -> list[jobs.Job]:
        # Between fetch and start, or end and record, a job is briefly marked without running: seen twice in a row only.
        if self._worker is None or self._worker.worker_id is None:
            return []
        marked = await self._app.job_manager.list_jobs_async(status=jobs.Status.DOING.value, worker_id=self._worker.worker_id)
        idle = {job.id: job for job in marked if job.id and job.id not in self._running}
        lost = [job for job_id, job in idle.items() if job_id in self._suspects]
        self._suspects = set(idle) - {job.id for job in lost}
        return lost


def run(*, concurrency: int = CONCURRENT_JOBS, wait: bool = True) -> None:
    """Run jobs of all queues until SIGINT or SIGTERM (or, without `wait`, until none is left).

    A lost database is waited for: the worker starts again by itself when it answers.
    """
    # Only a worker needs the jobs themselves: whoever defers one names it.
    module_loading.autodiscover_modules("jobs")
    asyncio.run(_run(concurrency=concurrency, wait=wait))


async def _run(*, concurrency: int, wait: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    while not stopped.is_set():
        try:
            await _work(concurrency=concurrency, wait=wait, stopped=stopped)
        except (exceptions.ConnectorException, exceptions.ProcrastinateException, OSError) as error:
            logger.warning("the database is not there, trying again: %s", error)
            await asyncio.to_thread(_wake_database)
        if not wait:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), _RECONNECTION_SECONDS)


def _wake_database() -> None:
    with contextlib.suppress(cluster.ClusterError):
        cluster.ensure_running()


async def _work(*, concurrency: int, wait: bool, stopped: asyncio.Event) -> None:
    connector = _TransactionalConnector(kwargs=utils.connector_params())
    with app.replace_connector(connector) as application:
        async with application.open_async():
            recovery = Recovery(application)
            await recovery.recover()
            working = asyncio.create_task(
                application.run_worker_async(
                    concurrency=concurrency,
                    wait=wait,
                    install_signal_handlers=False,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=DEAD_AFTER_SECONDS,
                    shutdown_graceful_timeout=20,
                    worker_middleware=[recovery.watch],
                )
            )
            forever = (_recover_forever(recovery), _clean_forever(application), _keep_database_up())
            helpers = [asyncio.create_task(helper) for helper in forever]
            stop = asyncio.create_task(stopped.wait())
            try:
                await asyncio.wait({working, stop, *helpers}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (stop, *helpers):
                    task.cancel()
                if not working.done():
                    working.cancel()
                await _settle(working, helpers)


async def _settle(working: asyncio.Task[None], helpers: list[asyncio.Task[None]]) -> None:
    """Wait for the worker's end; raise what ended it, or what ended a helper, unless that was our own cancelling."""
    for task in (working, *helpers):
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _recover_forever(recovery: Recovery) -> None:
    while True:
        await asyncio.sleep(RECOVERY_SECONDS)
        await recovery.recover()


async def _keep_database_up() -> None:
    # The pool reconnects by itself once the server is there; nobody else may be there to start it.
    while cluster.address().is_embedded:
        if cluster.postmaster_pid() is None:
            await asyncio.to_thread(_wake_database)
        await asyncio.sleep(_RECONNECTION_SECONDS)
    await asyncio.Event().wait()


async def _clean_forever(application: procrastinate.App) -> None:
    while True:
        await application.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS)
        await asyncio.sleep(_CLEANING_SECONDS)
