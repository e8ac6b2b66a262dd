"""What is conceded in a quote beside its agreement, who was asked to approve it, what they answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from come.quote.models import quotes
from come.quote.policies import approvals
from come.shared import ids

LEVELS = ("line_option", "line_plan", "customer")
KINDS = ("amount", "percentage")


class QuoteConcession(models.Model):
    """One price conceded: `number` ("C1") is what lines and prices cite. Never changed, so that undoing finds it as it was.

    A line level holds for the lines that list the number; the customer level for every line until it is withdrawn.
    """

    id = models.BigAutoField(primary_key=True)
    quote = models.ForeignKey(quotes.Quote, on_delete=models.CASCADE, related_name="concessions")
    number = models.CharField(max_length=8)
    level = models.CharField(max_length=12)
    offering_code = models.CharField(max_length=60, default="", blank=True)
    offering_kind = models.CharField(max_length=20, default="", blank=True)
    offering_name_fr = models.CharField(max_length=200)
    price_type = models.CharField(max_length=12, default="", blank=True)
    kind = models.CharField(max_length=12)
    # Euros excluding tax, or points taken off what would be paid without it.
    value = models.DecimalField(max_digits=18, decimal_places=6)
    reason = models.CharField(max_length=300, default="", blank=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quote_concession"
        constraints = [
            models.UniqueConstraint(fields=["quote", "number"], name="quote_concession_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="quote_concession_level"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="quote_concession_kind"),
            models.CheckConstraint(condition=Q(value__gte=0), name="quote_concession_value"),
        ]


class ApprovalRequest(models.Model):
    """One question to somebody who may approve: this quote, at these prices (`fingerprint`), for this reason.

    `token` opens the answer page from a message; it dies with the answer. Times escalate, they never approve.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    quote = models.ForeignKey(quotes.Quote, on_delete=models.PROTECT, related_name="approval_requests")
    level_code = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=approvals.ASKED)
    reason = models.CharField(max_length=500)
    fingerprint = models.CharField(max_length=64)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=2)
    monthly_discount_exact = models.DecimalField(max_digits=18, decimal_places=6)
    margin_percent = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    asked_by = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, null=True, related_name="+")
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    approver = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="+")
    # Who was asked first, when the request was handed on (by them, by their absence, or because it waited too long).
    handed_from_name = models.CharField(max_length=120, default="", blank=True)
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=64, default="", blank=True)
    decided_by = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_name = models.CharField(max_length=120, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        db_table = "quote_approval_request"
        constraints = [
            models.UniqueConstraint(fields=["quote"], condition=Q(state=approvals.ASKED), name="quote_approval_one_open"),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="quote_approval_token_once"),
            models.CheckConstraint(condition=Q(state__in=approvals.STATES), name="quote_approval_state"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state=approvals.ASKED), name="quote_approval_due")]


class ApprovalDelegation(models.Model):
    """While somebody is away, `[valid_from, valid_to)`, what is asked of them is asked of another."""

    id = models.BigAutoField(primary_key=True)
    absent = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "quote_approval_delegation"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=models.F("valid_from")), name="quote_delegation_period"),
            models.CheckConstraint(condition=~Q(absent=models.F("delegate")), name="quote_delegation_other"),
        ]
