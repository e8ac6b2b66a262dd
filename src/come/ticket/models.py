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
    # What the public page says of it; names no customer and no person.
    public_sentence = models.CharField(max_length=200, default="", db_default="", blank=True)
    reopened_count = models.SmallIntegerField(default=0, db_default=0)
    # The version of the words that its terms were taken with; 0 = not in the index yet.
    indexed_version = models.SmallIntegerField(default=0, db_default=0)

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


class TicketNotice(models.Model):
    """One change of an incident told to one person: on their screens, and by mail when they have an address."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(TroubleTicket, on_delete=models.CASCADE, related_name="notices")
    event = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, related_name="notices")
    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.CASCADE, related_name="ticket_notices")
    # "reporter" (hurt, or follows) or "manager" (of somebody who is).
    role = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ticket_notice"
        constraints = [models.UniqueConstraint(fields=["event", "staff_member"], name="ticket_notice_once")]
        indexes = [
            models.Index(fields=["staff_member", "-created_at"], condition=Q(read_at__isnull=True), name="ticket_notice_unread"),
            models.Index(fields=["id"], condition=Q(mailed_at__isnull=True), name="ticket_notice_unposted"),
        ]


class TicketAnswer(models.Model):
    """What a person answered to "repaired?", once for each repair; never changed (trigger)."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(TroubleTicket, on_delete=models.PROTECT, related_name="answers")
    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="ticket_answers")
    resolved_at = models.DateTimeField()
    is_repaired = models.BooleanField()
    reason = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "ticket_answer"
        constraints = [models.UniqueConstraint(fields=["ticket", "staff_member", "resolved_at"], name="ticket_answer_once")]


class TicketPosting(models.Model):
    """That a ticket has a term, and what the term scores in it (`matching`)."""

    id = models.BigAutoField(primary_key=True)
    term = models.CharField(max_length=50)
    ticket = models.ForeignKey(TroubleTicket, on_delete=models.CASCADE, related_name="postings")
    score = models.FloatField()

    class Meta:
        db_table = "ticket_posting"
        constraints = [models.UniqueConstraint(fields=["term", "ticket"], include=["score"], name="ticket_posting_once")]


class TicketTermCount(models.Model):
    """In how many tickets a term is; counted again by a job, not at each ticket, so that reports never wait for each other."""

    term = models.CharField(max_length=50, primary_key=True)
    ticket_count = models.IntegerField()

    class Meta:
        db_table = "ticket_term_count"


class TicketIndexState(models.Model):
    """How many tickets the index had when it was last counted, and how many words they have together: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    ticket_count = models.IntegerField()
    word_count = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "ticket_index_state"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ticket_index_state_one")]
