"""What was sent and what was accepted: kept for good, as it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from come.quote.models import quotes
from come.shared import ids


class QuoteDocument(models.Model):
    """A document as it was sent, with its fingerprint."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    quote = models.ForeignKey(quotes.Quote, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12, default="quote")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    template_version = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "quote_document"
        constraints = [models.UniqueConstraint(fields=["quote", "kind"], name="quote_document_once")]


class QuoteAcceptance(models.Model):
    """Who accepted which document, when, how it is known.

    `channel`: `online` (the customer, on the tokenised page) or `recorded` (a seller, from a signed paper).
    `evidence` keeps what the person was shown and what the server saw of the request.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    quote = models.OneToOneField(quotes.Quote, on_delete=models.PROTECT, related_name="acceptance")
    signatory_name = models.CharField(max_length=120)
    signatory_role = models.CharField(max_length=80, default="", blank=True)
    signatory_email = models.CharField(max_length=120, default="", blank=True)
    accepted_at = models.DateTimeField()
    document_sha256 = models.CharField(max_length=64)
    channel = models.CharField(max_length=10)
    recorded_by = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, null=True, related_name="+")
    alternative = models.CharField(max_length=1, default="", db_default="", blank=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        db_table = "quote_acceptance"
        constraints = [models.CheckConstraint(condition=Q(channel__in=("online", "recorded")), name="quote_acceptance_channel")]


class QuoteChallenge(models.Model):
    """What a signature provider asks of the person who is about to accept: a one-time code, or a ceremony elsewhere.

    The code itself is not kept, only its keyed fingerprint; a few wrong answers close the challenge.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    quote = models.ForeignKey(quotes.Quote, on_delete=models.PROTECT, related_name="challenges")
    provider = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    email = models.CharField(max_length=120)
    digest = models.CharField(max_length=128, default="", blank=True)
    address = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quote_challenge"
        indexes = [models.Index(fields=["quote", "-created_at"], name="quote_challenge_recent")]


class QuoteLetter(models.Model):
    """A letter to the customer, written in the commit that decided it and posted by a job: the outbox of quotes.

    `body_fr` of a letter that carries a one-time code is emptied once it is posted.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    quote = models.ForeignKey(quotes.Quote, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10)
    recipient = models.CharField(max_length=120)
    subject_fr = models.CharField(max_length=200)
    body_fr = models.TextField(blank=True)
    actor_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "quote_letter"
        constraints = [models.CheckConstraint(condition=Q(kind__in=("link", "code", "approval")), name="quote_letter_kind")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="quote_letter_due"),
            models.Index(fields=["quote", "-created_at"], name="quote_letter_recent"),
        ]
