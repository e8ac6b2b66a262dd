"""The manifest of usage: which files came, which immutable partitions hold their records, what rating made of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from come.shared import ids

FILE_STATES = ("ingested", "rejected", "duplicate")
RUN_STATES = ("running", "done", "abandoned")


class UsageFile(models.Model):
    """One file received. Rejected and repeated ones have no records; the counts of the others always add up."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7)
    reference = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    source = models.CharField(max_length=60, default="", blank=True)
    sequence = models.BigIntegerField(null=True)
    state = models.CharField(max_length=20)
    rejection = models.CharField(max_length=40, default="", blank=True)
    findings = ArrayField(models.CharField(max_length=40), default=list)
    announced_records = models.BigIntegerField(null=True)
    records_in = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    suspended = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    first_start_at = models.DateTimeField(null=True)
    last_start_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "usage_usage_file"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FILE_STATES), name="usage_file_state_known"),
            models.CheckConstraint(
                condition=Q(records_in=F("accepted") + F("suspended") + F("duplicates")),
                name="usage_file_adds_up",
            ),
            models.UniqueConstraint(fields=["sha256"], condition=Q(state="ingested"), name="usage_file_ingested_once"),
        ]
        indexes = [
            models.Index(fields=["-received_at"], name="usage_file_newest"),
            models.Index(fields=["source", "sequence"], name="usage_file_of_source"),
        ]


class UsagePartition(models.Model):
    """One immutable Parquet file of the event log; suspense that was recycled is superseded, never rewritten."""

    id = models.BigAutoField(primary_key=True)
    usage_file = models.ForeignKey(UsageFile, on_delete=models.PROTECT, related_name="partitions")
    kind = models.CharField(max_length=20)
    cycle = models.CharField(max_length=7)
    shard = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    records = models.BigIntegerField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_usage_partition"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("accepted", "suspended", "duplicate")), name="usage_partition_kind_known"),
            # Two files may repeat the very same records, and then hold the very same bytes.
            models.UniqueConstraint(fields=["path"], condition=~Q(kind="duplicate"), name="usage_partition_once"),
        ]
        indexes = [models.Index(fields=["cycle", "kind"], name="usage_partition_of_cycle")]


class SuspenseGroup(models.Model):
    """How many records of a file wait in suspense for one reason; worked down by recycling."""

    id = models.BigAutoField(primary_key=True)
    usage_file = models.ForeignKey(UsageFile, on_delete=models.PROTECT, related_name="suspense")
    cycle = models.CharField(max_length=7)
    reason = models.CharField(max_length=40)
    records = models.BigIntegerField()

    class Meta:
        db_table = "usage_suspense_group"
        constraints = [models.UniqueConstraint(fields=["usage_file", "cycle", "reason"], name="usage_suspense_once")]
        indexes = [models.Index(fields=["cycle", "reason"], name="usage_suspense_of_cycle")]


class RatingRun(models.Model):
    """One rating of a cycle with one frozen price book over one set of partitions."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7)
    cycle = models.CharField(max_length=7)
    state = models.CharField(max_length=20)
    is_current = models.BooleanField(default=False)
    price_book_hash = models.CharField(max_length=64)
    log_hash = models.CharField(max_length=64)
    records_in = models.BigIntegerField()
    rated = models.BigIntegerField(default=0)
    suspended = models.BigIntegerField(default=0)
    charge_micro_eur = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_rating_run"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RUN_STATES), name="usage_rating_run_state_known"),
            models.CheckConstraint(condition=~Q(state="done") | Q(records_in=F("rated") + F("suspended")), name="usage_rating_run_adds_up"),
            models.UniqueConstraint(fields=["cycle"], condition=Q(is_current=True), name="usage_rating_run_current"),
            models.UniqueConstraint(fields=["cycle"], condition=Q(state="running"), name="usage_rating_run_running"),
        ]


class RatedPartition(models.Model):
    """What one batch of company shards gave: its rated portions and its suspended records, in Parquet."""

    id = models.BigAutoField(primary_key=True)
    rating_run = models.ForeignKey(RatingRun, on_delete=models.PROTECT, related_name="partitions")
    number = models.PositiveIntegerField()
    shards = ArrayField(models.PositiveIntegerField())
    path = models.CharField(max_length=200)
    suspense_path = models.CharField(max_length=200)
    records_in = models.BigIntegerField()
    rated = models.BigIntegerField()
    suspended = models.BigIntegerField()
    charge_micro_eur = models.BigIntegerField()

    class Meta:
        db_table = "usage_rated_partition"
        constraints = [
            models.UniqueConstraint(fields=["rating_run", "number"], name="usage_rated_partition_once"),
            models.CheckConstraint(condition=Q(records_in=F("rated") + F("suspended")), name="usage_rated_partition_adds_up"),
        ]


class RatingSuspense(models.Model):
    """Records that a run could not rate, by reason and what they have in common."""

    id = models.BigAutoField(primary_key=True)
    partition = models.ForeignKey(RatedPartition, on_delete=models.PROTECT, related_name="suspense")
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=120)
    records = models.BigIntegerField()

    class Meta:
        db_table = "usage_rating_suspense"
        indexes = [models.Index(fields=["partition", "reason"], name="usage_rating_suspense_reason")]


class LineCharge(models.Model):
    """A line's rated usage by tariff, zone, band and clause: what bills and screens read."""

    id = models.BigAutoField(primary_key=True)
    partition = models.ForeignKey(RatedPartition, on_delete=models.PROTECT, related_name="charges")
    rating_run = models.ForeignKey(RatingRun, on_delete=models.PROTECT, related_name="+")
    billing_account_id = models.UUIDField()
    line_id = models.UUIDField()
    tariff_code = models.CharField(max_length=60)
    service = models.CharField(max_length=10)
    origin_zone = models.CharField(max_length=60)
    destination_zone = models.CharField(max_length=60, default="", blank=True)
    band_code = models.CharField(max_length=60, default="", blank=True)
    clause = models.CharField(max_length=80, default="", blank=True)
    allowance_codes = ArrayField(models.CharField(max_length=80), default=list)
    events = models.BigIntegerField()
    quantity_used = models.BigIntegerField()
    units = models.BigIntegerField()
    units_free = models.BigIntegerField()
    charge_micro_eur = models.BigIntegerField()

    class Meta:
        db_table = "usage_line_charge"
        indexes = [
            models.Index(fields=["rating_run", "billing_account_id"], name="usage_charge_of_account"),
            models.Index(fields=["line_id", "rating_run"], name="usage_charge_of_line"),
        ]


class TariffSimulation(models.Model):
    """What a month's usage would cost with the usage prices of a version being written; nothing is billed of it.

    `figures` are its totals and the customers who gain and lose most, as `records.Simulation` says them.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7)
    offering_id = models.UUIDField()
    cycle = models.CharField(max_length=7)
    customer_reference = models.CharField(max_length=30, default="", blank=True)
    state = models.CharField(max_length=10, default="waiting")
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    figures = models.JSONField(default=dict)
    failure = models.TextField(default="", blank=True)
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_tariff_simulation"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=("waiting", "running", "done", "failed")), name="usage_simulation_state_known")
        ]
        indexes = [models.Index(fields=["offering_id", "-asked_at"], name="usage_simulation_latest")]
