"""Tables of incidents: one open ticket per cause, what was said of it, who wants to know, what it touches."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from come.shared import ids
from come.ticket import policies


class TroubleTicket(models.Model):
    """One cause that hurts people (TM Forum TroubleTicket). While it is open, its signature is its alone."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(max_length=30, unique=True)
    signature = models.CharField(max_length=200, default="", blank=True)
    title = models.CharField(max_length=200)
    description = models.TextField(default="", blank=True)
    ticket_type = models.CharField(max_length=30, default="incident")
    severity = models.CharField(max_length=20, default="major")
    status = models.CharField(max_length=20, default="acknowledged")
    origin = models.CharField(max_length=20, default="product")
    context = models.JSONField(default=dict)
    owner = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, null=True, related_name="owned_tickets")
    owner_team = models.CharField(max_length=40, default="support")
    opened_by = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, null=True, related_name="opened_tickets")
    opened_by_name = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    status_since_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(default="", blank=True)

    class Meta:
        db_table = "ticket_trouble_ticket"
        constraints = [
            models.UniqueConstraint(
                fields=["signature"],
                condition=Q(status__in=policies.OPEN_STATUSES) & ~Q(signature=""),
                name="ticket_one_open_per_signature",
            ),
            models.CheckConstraint(condition=Q(status__in=sorted(policies.TRANSITIONS)), name="ticket_status_known"),
            models.CheckConstraint(condition=Q(severity__in=policies.SEVERITIES), name="ticket_severity_known"),
            # An accepted incident always carries the date that was promised.
            models.CheckConstraint(
                condition=~Q(status="inProgress") | Q(promised_at__isnull=False),
                name="ticket_accepted_is_promised",
            ),
        ]
        indexes = [models.Index(fields=["status", "-opened_at"], name="ticket_status_opened")]


class TicketEvent(models.Model):
    """One thing said of a ticket, in a sentence without jargon; never changed (trigger)."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(TroubleTicket, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120)
    sentence = models.TextField()
    status_before = models.CharField(max_length=20, default="", blank=True)
    status_after = models.CharField(max_length=20, default="", blank=True)
    promised_before_at = models.DateTimeField(null=True)
    promised_after_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ticket_event"
        indexes = [models.Index(fields=["ticket", "at"], name="ticket_event_of")]


class TicketSubscriber(models.Model):
    """A person told of each step: who reported it, or whose order it holds, or who said "me too"."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(TroubleTicket, on_delete=models.CASCADE, related_name="subscribers")
    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.CASCADE, related_name="ticket_subscriptions")
    via = models.CharField(max_length=20)
    since_at = models.DateTimeField()

    class Meta:
        db_table = "ticket_subscriber"
        constraints = [models.UniqueConstraint(fields=["ticket", "staff_member"], name="ticket_subscriber_once")]


class TicketSubject(models.Model):
    """A thing that the incident touches: `kind` and `key` as in the event log ("company", "order", "line")."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(TroubleTicket, on_delete=models.CASCADE, related_name="subjects")
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    label = models.CharField(max_length=160, default="", blank=True)
    since_at = models.DateTimeField()

    class Meta:
        db_table = "ticket_subject"
        constraints = [models.UniqueConstraint(fields=["ticket", "kind", "key"], name="ticket_subject_once")]
        indexes = [
            models.Index(fields=["kind", "key"], name="ticket_subject_key"),
            models.Index(fields=["kind", "label"], name="ticket_subject_label"),
        ]
