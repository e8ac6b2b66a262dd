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
    evidence = models.JSONField(default=dict)

    class Meta:
        db_table = "quote_acceptance"
        constraints = [models.CheckConstraint(condition=Q(channel__in=("online", "recorded")), name="quote_acceptance_channel")]
