"""What the simulated outside systems really have, whatever they answered. Written by the simulators alone."""

from __future__ import annotations

from django.db import models


class SimulatedOperation(models.Model):
    """One effect that happened in a simulated system; `key` makes it happen once."""

    id = models.BigAutoField(primary_key=True)
    system = models.CharField(max_length=30)
    key = models.UUIDField(unique=True)
    operation = models.CharField(max_length=30)
    target = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    applied_at = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "edges_network_simulated_operation"
        indexes = [models.Index(fields=["system", "target"], name="simulated_operation_target")]


class SimulatedSubscriber(models.Model):
    """A line as the simulated network knows it."""

    id = models.BigAutoField(primary_key=True)
    line_id = models.UUIDField(unique=True)
    msisdn = models.CharField(max_length=20)
    iccid = models.CharField(max_length=20)
    services = models.JSONField(default=list)
    state = models.CharField(max_length=20)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "edges_network_simulated_subscriber"
        indexes = [models.Index(fields=["msisdn"], name="simulated_subscriber_msisdn")]


class SimulatedBehaviour(models.Model):
    """How a simulated system behaves: rates in thousandths, drawn from a seed; what fails next."""

    system = models.CharField(max_length=30, primary_key=True)
    is_down = models.BooleanField(default=False)
    latency_ms = models.PositiveIntegerField(default=0)
    error_permille = models.PositiveIntegerField(default=0)
    lost_answer_permille = models.PositiveIntegerField(default=0)
    duplicate_permille = models.PositiveIntegerField(default=0)
    ignored_permille = models.PositiveIntegerField(default=0)
    fail_next = models.PositiveIntegerField(default=0)
    fail_code = models.CharField(max_length=60, default="", blank=True)
    seed = models.PositiveIntegerField(default=1)
    call_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "edges_network_simulated_behaviour"
