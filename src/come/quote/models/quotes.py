"""Quotes: a head, shared patterns with their frozen prices, lines, the documents sent and the acceptance received.

A version is immutable once sent: commands refuse, and the database refuses too (trigger on lines and prices).
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres import fields
from django.db import models
from django.db.models import Q

from come.quote.policies import states
from come.shared import ids

_EXACT: dict[str, Any] = {"max_digits": 18, "decimal_places": 6}
KINDS = ("new", "change", "renewal")
ACTIONS = ("add", "modify", "terminate")


class Quote(models.Model):
    """One version of a negotiated offer; the versions of a reference follow each other."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField(default=1)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=160, default="", blank=True)
    # `new`: lines to come; `change` and `renewal`: lines of the fleet, of which only the difference is sold.
    kind = models.CharField(max_length=8, default="new", db_default="new")
    # The names of alternatives by letter; when there are some, each line is in one of them and the customer accepts one.
    alternatives = models.JSONField(default=dict, db_default={})
    state = models.CharField(max_length=12, default=states.IN_PROGRESS)
    customer_file = models.ForeignKey("party.CustomerFile", on_delete=models.PROTECT, related_name="+")
    legal_unit = models.ForeignKey("party.LegalUnit", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("staff.Agency", on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, null=True, related_name="+")
    agreement = models.ForeignKey("catalogue.Agreement", on_delete=models.PROTECT, null=True, related_name="+")
    agreement_reference = models.CharField(max_length=20, default="", blank=True)
    agreement_name = models.CharField(max_length=200, default="", blank=True)
    billing_account = models.ForeignKey("party.BillingAccount", on_delete=models.PROTECT, null=True, related_name="+")
    segment = models.CharField(max_length=12)
    # What the customer commits to where offerings leave the choice; null = their longest term.
    commitment_months = models.PositiveSmallIntegerField(null=True)
    priced_date = models.DateField()
    valid_until = models.DateField()
    currency = models.CharField(max_length=3, default="EUR")
    catalogue_version_hash = models.CharField(max_length=64, default="", blank=True)
    line_count = models.PositiveIntegerField(default=0)
    issue_count = models.PositiveIntegerField(default=0)
    one_off_exact = models.DecimalField(**_EXACT, default=0)
    monthly_exact = models.DecimalField(**_EXACT, default=0)
    instalments_monthly_exact = models.DecimalField(**_EXACT, default=0)
    deposit_exact = models.DecimalField(**_EXACT, default=0)
    over_commitment_exact = models.DecimalField(**_EXACT, default=0)
    list_monthly_exact = models.DecimalField(**_EXACT, default=0)
    margin_monthly_exact = models.DecimalField(**_EXACT, null=True)
    # Rises at each edit: whoever edits on an old one is told instead of overwriting.
    revision = models.PositiveIntegerField(default=0)
    # The address by which the customer accepts; given when the version is sent.
    token = models.CharField(max_length=64, default="", blank=True)
    token_expires_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=80, default="", blank=True)
    closing_reason = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quote_quote"
        constraints = [
            models.UniqueConstraint(fields=["reference", "version"], name="quote_version_once"),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="quote_token_once"),
            models.CheckConstraint(condition=Q(state__in=states.STATES), name="quote_state"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="quote_kind"),
        ]
        indexes = [
            models.Index(fields=["agency", "-updated_at"], name="quote_agency_recent"),
            models.Index(fields=["customer_file", "-updated_at"], name="quote_customer_recent"),
        ]


class QuotePattern(models.Model):
    """Offer, options, device and bundle that many lines share, priced once; sums are those of one line.

    `fingerprint` tells what was written, so that pricing again writes only what changed.
    """

    id = models.BigAutoField(primary_key=True)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="patterns")
    plan_code = models.CharField(max_length=60)
    option_codes = fields.ArrayField(models.CharField(max_length=60), default=list)
    device_code = models.CharField(max_length=60, default="", blank=True)
    bundle_code = models.CharField(max_length=60, default="", blank=True)
    alternative = models.CharField(max_length=1, default="", db_default="", blank=True)
    concession_numbers = fields.ArrayField(models.CharField(max_length=8), default=list, db_default=[])
    plan_name_fr = models.CharField(max_length=200, default="", blank=True)
    option_names_fr = fields.ArrayField(models.CharField(max_length=200), default=list)
    device_name_fr = models.CharField(max_length=200, default="", blank=True)
    quantity = models.PositiveIntegerField(default=0)
    commitment_months = models.PositiveSmallIntegerField(default=0)
    one_off_exact = models.DecimalField(**_EXACT, default=0)
    monthly_exact = models.DecimalField(**_EXACT, default=0)
    instalments_monthly_exact = models.DecimalField(**_EXACT, default=0)
    deposit_exact = models.DecimalField(**_EXACT, default=0)
    over_commitment_exact = models.DecimalField(**_EXACT, default=0)
    list_monthly_exact = models.DecimalField(**_EXACT, default=0)
    margin_monthly_exact = models.DecimalField(**_EXACT, null=True)
    issues = models.JSONField(default=list)
    has_obstacle = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        db_table = "quote_pattern"
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "plan_code", "option_codes", "device_code", "bundle_code", "alternative", "concession_numbers"],
                name="quote_pattern_once",
            ),
        ]


class QuotePatternPrice(models.Model):
    """One price of a pattern, with the clause and reason that made it."""

    id = models.BigAutoField(primary_key=True)
    pattern = models.ForeignKey(QuotePattern, on_delete=models.CASCADE, related_name="prices")
    position = models.PositiveSmallIntegerField()
    offering_code = models.CharField(max_length=60)
    offering_version = models.PositiveSmallIntegerField()
    offering_name_fr = models.CharField(max_length=200, default="", blank=True)
    price_code = models.CharField(max_length=60)
    price_type = models.CharField(max_length=12)
    name_fr = models.CharField(max_length=200)
    nature = models.CharField(max_length=10)
    tax_category = models.CharField(max_length=12)
    level = models.CharField(max_length=12)
    list_amount_exact = models.DecimalField(**_EXACT)
    amount_exact = models.DecimalField(**_EXACT)
    clause_number = models.CharField(max_length=20, default="", blank=True)
    clause_text = models.TextField(default="", blank=True)
    reason_fr = models.TextField(default="", blank=True)
    instalment_count = models.PositiveSmallIntegerField(null=True)
    cost_exact = models.DecimalField(**_EXACT, null=True)

    class Meta:
        db_table = "quote_pattern_price"
        constraints = [models.UniqueConstraint(fields=["pattern", "position"], name="quote_pattern_price_once")]


class QuoteLine(models.Model):
    """One future line: its cells as typed, what they mean, what is wrong with them.

    `stable_id` follows the line from version to version, into the order and into the installed base.
    """

    id = models.BigAutoField(primary_key=True)
    stable_id = models.UUIDField()
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    pattern = models.ForeignKey(QuotePattern, on_delete=models.PROTECT, null=True, related_name="lines")
    position = models.PositiveIntegerField()
    cells = models.JSONField(default=dict)
    user_label = models.CharField(max_length=120, default="", blank=True)
    msisdn = models.CharField(max_length=20, default="", blank=True)
    rio = models.CharField(max_length=12, default="", blank=True)
    iccid = models.CharField(max_length=20, default="", blank=True)
    imei = models.CharField(max_length=15, default="", blank=True)
    eid = models.CharField(max_length=32, default="", db_default="", blank=True)
    site_siret = models.CharField(max_length=14, default="", db_default="", blank=True)
    email = models.CharField(max_length=120, default="", blank=True)
    cost_centre = models.CharField(max_length=40, default="", blank=True)
    site = models.CharField(max_length=80, default="", blank=True)
    bundle_code = models.CharField(max_length=60, default="", blank=True)
    # The item of the system that sent the quote (TM Forum quoteItem.id).
    item_ref = models.CharField(max_length=60, default="", blank=True)
    # The line of the fleet that this one changes or ends (null for a line to come), and the alternative that it belongs to.
    product_id = models.UUIDField(null=True)
    action = models.CharField(max_length=10, default="add", db_default="add")
    alternative = models.CharField(max_length=1, default="", db_default="", blank=True)
    issues = models.JSONField(default=list)
    has_obstacle = models.BooleanField(default=False)

    class Meta:
        db_table = "quote_line"
        constraints = [
            models.UniqueConstraint(fields=["quote", "stable_id"], name="quote_line_once"),
            models.CheckConstraint(condition=Q(action__in=ACTIONS), name="quote_line_action"),
            models.CheckConstraint(
                condition=Q(action="add", product_id__isnull=True) | (~Q(action="add") & Q(product_id__isnull=False)),
                name="quote_line_of_fleet",
            ),
        ]
        indexes = [
            models.Index(fields=["quote", "position"], name="quote_line_position"),
            models.Index(fields=["quote", "msisdn"], name="quote_line_msisdn", condition=~Q(msisdn="")),
            models.Index(fields=["quote"], name="quote_line_obstacle", condition=Q(has_obstacle=True)),
        ]


class QuoteInstalled(models.Model):
    """A line of the fleet as it was when the quote took it: what the difference is counted from.

    `before`: label, number, plan, offerings with their running prices, commitment (`records.InstalledLine`).
    """

    id = models.BigAutoField(primary_key=True)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="installed")
    product_id = models.UUIDField()
    before = models.JSONField()

    class Meta:
        db_table = "quote_installed"
        constraints = [models.UniqueConstraint(fields=["quote", "product_id"], name="quote_installed_once")]
