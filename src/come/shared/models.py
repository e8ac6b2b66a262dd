"""Tables that every package writes through `shared` commands."""

from __future__ import annotations

from django.contrib.postgres import fields, indexes
from django.db import models

from come.shared import ids


class EventLog(models.Model):
    """One fact, written in the transaction that made it true; never changed, never erased (trigger)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120)
    on_behalf_of_id = models.UUIDField(null=True)
    on_behalf_of_name = models.CharField(max_length=120, default="", blank=True)
    request_id = models.CharField(max_length=80, default="", blank=True)
    subjects = fields.ArrayField(models.CharField(max_length=80))
    payload = models.JSONField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "shared_event_log"
        indexes = [
            indexes.GinIndex(fields=["subjects"], name="event_log_subjects"),
            models.Index(fields=["recorded_at"], name="event_log_recorded_at"),
        ]


class RequestAnswer(models.Model):
    """The answer that a request received, so that its replay receives the same."""

    id = models.BigAutoField(primary_key=True)
    request_id = models.CharField(max_length=80)
    command = models.CharField(max_length=80)
    inputs_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "shared_request_answer"
        constraints = [
            models.UniqueConstraint(fields=["request_id", "command"], name="request_answer_once"),
        ]
