"""What is examined in a database that answers: its version, its tables, its clock, the jobs, and the safety of the settings."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations import executor
from procrastinate.contrib.django import models as job_models

from come.order import queries as order_queries
from come.order.queries import overdue
from come.project import cluster
from come.project.doctor.findings import Examination, Finding, counted, look, well, wrong
from come.shared import actor as actors, clock, text

_EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
_DEAD_AFTER = dt.timedelta(seconds=30)
_WAITING_LONG = dt.timedelta(minutes=2)
_LARGEST_DRIFT_SECONDS = 5
_SHORTEST_KEY = 32
_LOCAL = {"localhost", "127.0.0.1", "[::1]", "testserver"}


def server() -> Iterator[Finding]:
    """Examine the server's version and extensions."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
        number = connection.connection.info.server_version
        cursor.execute("SELECT extname FROM pg_extension")
        present = {name for (name,) in cursor.fetchall()}
    if number < cluster.OLDEST_SERVER_VERSION:
        yield wrong(
            "database.version",
            f"PostgreSQL {version} est trop ancien.",
            f"PostgreSQL {version} is too old.",
            "Il faut PostgreSQL 15 ou plus.",
            "PostgreSQL 15 or later is needed.",
        )
    else:
        yield well("database.version", f"PostgreSQL {version}", f"PostgreSQL {version}")
    missing = sorted(set(_EXTENSIONS) - present)
    if missing:
        names = ", ".join(missing)
        command = "; ".join(f"CREATE EXTENSION {name}" for name in missing)
        yield wrong(
            "database.extensions",
            f"Extensions absentes : {names}",
            f"Extensions missing: {names}",
            f"En administrateur de la base : {command}",
            f"As the database's administrator: {command}",
        )


def migrations() -> Iterator[Finding]:
    """Examine whether the tables are up to date."""
    plans = executor.MigrationExecutor(connection)
    waiting = plans.migration_plan(plans.loader.graph.leaf_nodes())
    if waiting:
        count = len(waiting)
        yield wrong(
            "database.migrations",
            counted(count, "migration à appliquer", "migrations à appliquer"),
            counted(count, "migration to apply", "migrations to apply"),
            "Lancez « come serve », qui les applique.",
            "Run `come serve`, which applies them.",
        )
    else:
        yield well("database.migrations", "Tables à jour", "Tables up to date")


def clocks() -> Iterator[Finding]:
    """Compare the database's clock with ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    drift = abs((clock.now() - theirs).total_seconds())
    if drift > _LARGEST_DRIFT_SECONDS:
        yield wrong(
            "time.drift",
            f"L’horloge de la base diffère de {drift:.0f} s.",
            f"The database's clock differs by {drift:.0f} s.",
            "Synchronisez les deux machines (NTP).",
            "Synchronise both machines (NTP).",
        )
    else:
        yield well("time.drift", "Horloges accordées", "Clocks agree")


def jobs() -> Iterator[Finding]:
    """Examine the workers' heartbeats, waiting, lost and failed jobs."""
    now = clock.now()
    alive = job_models.ProcrastinateWorker.objects.filter(last_heartbeat__gte=now - _DEAD_AFTER).count()
    every = job_models.ProcrastinateJob.objects
    late = every.filter(status="todo", procrastinateevent__at__lt=now - _WAITING_LONG, procrastinateevent__type="deferred").exclude(
        scheduled_at__gt=now
    )
    waiting = late.distinct().count()
    lost = every.filter(status="doing").exclude(worker__last_heartbeat__gte=now - _DEAD_AFTER).count()
    failed = list(every.filter(status="failed").order_by("-id").values_list("task_name", flat=True)[:50])
    start_french, start_english = "Lancez « come serve » ou « come worker ».", "Run `come serve` or `come worker`."
    if alive:
        yield well(
            "jobs.workers",
            counted(alive, "exécutant de tâches en vie", "exécutants de tâches en vie"),
            counted(alive, "job worker alive", "job workers alive"),
        )
    elif waiting or lost:
        yield wrong(
            "jobs.workers",
            f"Aucun exécutant de tâches ; {counted(waiting + lost, 'tâche attend', 'tâches attendent')}.",
            f"No job worker; {counted(waiting + lost, 'job waits', 'jobs wait')}.",
            start_french,
            start_english,
        )
    else:
        yield look(
            "jobs.workers", "Aucun exécutant de tâches ; rien n’attend.", "No job worker; nothing waits.", start_french, start_english
        )
    if alive and waiting:
        yield look(
            "jobs.waiting",
            f"{counted(waiting, 'tâche attend', 'tâches attendent')} depuis plus de 2 minutes.",
            f"{counted(waiting, 'job has', 'jobs have')} waited over 2 minutes.",
            "Ajoutez un « come worker », ou attendez.",
            "Add a `come worker`, or wait.",
        )
    if alive and lost:
        yield look(
            "jobs.lost",
            counted(lost, "tâche d’un exécutant disparu", "tâches d’exécutants disparus"),
            counted(lost, "job of a dead worker", "jobs of dead workers"),
            "Elles reprennent d’elles-mêmes en moins d’une minute.",
            "They resume by themselves within a minute.",
        )
    if failed:
        names = ", ".join(sorted(set(failed)))
        yield wrong(
            "jobs.failed",
            f"{counted(len(failed), 'tâche', 'tâches')} en échec : {names}",
            f"{counted(len(failed), 'failed job', 'failed jobs')}: {names}",
            "La cause est dans le journal worker.log ; corrigez-la puis relancez l’acte.",
            "The cause is in worker.log; mend it, then do the act again.",
        )


def orders() -> Iterator[Finding]:
    """Examine the lines held by a cause, the steps that wait too long, the outside systems that are cut off."""
    now = clock.now()
    causes = order_queries.held_causes(viewer=actors.system_actor("come doctor"))
    late = [cause for cause in causes if cause.due_at < now]
    for cause in late:
        yield wrong(
            "orders.held",
            f"{counted(cause.line_count, 'ligne', 'lignes')} en attente au-delà de la date promise : {cause.cause_fr}",
            f"{counted(cause.line_count, 'line', 'lines')} held past the due date: {text.said(cause.cause_fr, 'en')}",
            str(cause.next_step_fr),
            text.said(cause.next_step_fr, "en"),
        )
    held = sum(cause.line_count for cause in causes) - sum(cause.line_count for cause in late)
    if held:
        yield look(
            "orders.in_repair",
            f"{counted(held, 'ligne', 'lignes')} en attente d’une réparation, dans leur délai",
            f"{counted(held, 'line', 'lines')} held for a repair, within their time",
            "Ouvrez les commandes en difficulté.",
            "Open the orders in trouble.",
        )
    for kind, adapter, count, oldest in overdue.steps_past_their_age(at=now):
        yield wrong(
            "orders.overdue",
            f"{counted(count, 'étape', 'étapes')} « {kind} » ({adapter}) sans nouvelle depuis le {oldest:%d/%m/%Y %H:%M} UTC",
            f"{counted(count, 'step', 'steps')} {kind} ({adapter}) without news since {oldest:%Y-%m-%d %H:%M} UTC",
            "Vérifiez qu’un exécutant de tâches tourne, puis le système extérieur.",
            "Check that a job worker runs, then the outside system.",
        )
    for adapter, (state, since, _) in sorted(order_queries.breakers().items()):
        if state != "closed":
            yield look(
                "orders.breaker",
                f"Le système « {adapter} » est mis à l’écart depuis le {since:%d/%m/%Y %H:%M} UTC.",
                f"The system {adapter} is cut off since {since:%Y-%m-%d %H:%M} UTC.",
                "Il est réessayé de lui-même ; les commandes continuent ailleurs.",
                "It is tried again by itself; orders go on elsewhere.",
            )
    if not causes:
        yield well("orders.held", "Aucune ligne en attente d’une réparation", "No line held for a repair")


def safety() -> Iterator[Finding]:
    """Examine the settings that protect: key, debug, HTTPS; the demonstration is allowed its own."""
    path = settings.COME_HOME / "secret_key"
    if len(settings.SECRET_KEY) < _SHORTEST_KEY:
        yield wrong(
            "safety.key",
            "La clé secrète est trop courte.",
            "The secret key is too short.",
            "Donnez par COME_SECRET_KEY au moins 32 caractères tirés au sort.",
            "Give at least 32 random characters in COME_SECRET_KEY.",
        )
    elif path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield wrong(
            "safety.key",
            "La clé secrète est lisible par d’autres.",
            "The secret key can be read by others.",
            f"chmod 600 {path}",
            f"chmod 600 {path}",
        )
    else:
        yield well("safety.key", "Clé secrète propre à cette installation", "Secret key of this installation's own")
    outside = sorted(set(settings.ALLOWED_HOSTS) - _LOCAL)
    if settings.COME_DEMO:
        yield look(
            "safety.demo",
            "Mode démonstration : mots de passe connus de tous.",
            "Demonstration mode: passwords that everybody knows.",
            "Ne l’ouvrez pas au-delà de cette machine.",
            "Do not open it beyond this machine.",
        )
    if settings.DEBUG and not settings.COME_DEMO:
        yield wrong("safety.debug", "Le mode DEBUG est actif.", "DEBUG is on.", "Mettez DEBUG à False.", "Set DEBUG to False.")
    if outside and (settings.COME_DEMO or not settings.COME_HTTPS):
        names = ", ".join(outside)
        yield wrong(
            "safety.hosts",
            f"Servi sous {names} sans HTTPS ou en démonstration.",
            f"Served as {names} without HTTPS or in demonstration.",
            "COME_HTTPS=1 derrière un mandataire TLS ; pas de démonstration.",
            "COME_HTTPS=1 behind a TLS proxy; no demonstration.",
        )


def framework() -> Iterator[Finding]:
    """Run the framework's own checks."""
    for message in checks.run_checks():
        if message.level >= checks.ERROR:
            yield wrong(f"django.{message.id}", str(message.msg), str(message.msg), str(message.hint or "—"), str(message.hint or "—"))


EXAMINATIONS: tuple[Examination, ...] = (server, clocks, safety, framework, migrations)
# These read tables: examined when the tables are up to date.
OF_TABLES: tuple[Examination, ...] = (jobs, orders)
