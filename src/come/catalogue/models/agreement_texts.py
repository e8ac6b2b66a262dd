"""What is being negotiated: an agreement or an amendment as it is written, reviewed, then signed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from come.catalogue.models.agreements import Agreement
from come.shared import ids

TEXT_STATES = ("draft", "review", "approved", "signed", "withdrawn")


class AgreementText(models.Model):
    """One writing of an agreement: number 0 is the agreement itself, 1 and on its amendments.

    `typed` is what was typed, mistakes included: the whole agreement as it reads from `effective_date` on. Nothing of it prices
    anything until it is signed. `author_ids` are all who wrote in it: none of them approves it.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="texts")
    number = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="draft")
    typed = models.JSONField()
    revision = models.IntegerField(default=0)
    author_ids = ArrayField(models.UUIDField(), default=list)
    edited_by_name = models.CharField(max_length=120)
    edited_at = models.DateTimeField()
    review_note = models.CharField(max_length=500, default="", blank=True)
    approved_by_name = models.CharField(max_length=120, default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    effective_date = models.DateField(null=True)
    signed_date = models.DateField(null=True)
    document_name = models.CharField(max_length=200, default="", blank=True)
    document_sha256 = models.CharField(max_length=64, default="", blank=True)
    document = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "catalogue_agreement_text"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="catalogue_agreement_text_once"),
            # Two writings at once would each forget what the other changes.
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(state__in=("draft", "review", "approved")), name="catalogue_agreement_text_open"
            ),
            models.CheckConstraint(condition=Q(state__in=TEXT_STATES), name="catalogue_agreement_text_state"),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_date__isnull=False, effective_date__isnull=False),
                name="catalogue_agreement_text_signed",
            ),
        ]
