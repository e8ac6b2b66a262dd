"""Tables of billing. What is issued never changes: triggers, not code, say so (see the migration).

`_exact` amounts have six decimals, the others are cents. Days are `[start_date, end_date)`.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres import indexes
from django.db import models
from django.db.models import F, Q

from come.billing.policies import states
from come.shared import ids


def _exact() -> models.DecimalField[Decimal | int | str, Decimal]:
    return models.DecimalField(max_digits=18, decimal_places=6)


def _cents() -> models.DecimalField[Decimal | int | str, Decimal]:
    return models.DecimalField(max_digits=16, decimal_places=2, default=0)


class IssuingEntity(models.Model):
    """The legal entity that issues invoices: its identity and legal texts, as configuration."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=160)
    siren = models.CharField(max_length=9)
    siret = models.CharField(max_length=14)
    vat_number = models.CharField(max_length=20)
    legal_form_text = models.CharField(max_length=200)
    register_text = models.CharField(max_length=200)
    street = models.CharField(max_length=160)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="FR")
    endpoint_scheme = models.CharField(max_length=8, default="0225")
    endpoint_id = models.CharField(max_length=60)
    contact_name = models.CharField(max_length=120)
    contact_phone = models.CharField(max_length=30)
    contact_email = models.EmailField()
    iban = models.CharField(max_length=34)
    creditor_identifier = models.CharField(max_length=35)
    vat_on_debits = models.BooleanField()
    late_indemnity_text = models.TextField()
    late_penalties_text = models.TextField()
    early_discount_text = models.TextField()
    number_prefix = models.CharField(max_length=10)
    opening_cycle = models.CharField(max_length=7)

    class Meta:
        db_table = "billing_issuing_entity"


class BillCycle(models.Model):
    """When accounts are billed (TM Forum BillCycle): monthly, from which day of the month."""

    code = models.CharField(max_length=20, primary_key=True)
    name_fr = models.CharField(max_length=120)
    first_day = models.PositiveSmallIntegerField(default=1)

    class Meta:
        db_table = "billing_bill_cycle"
        constraints = [models.CheckConstraint(condition=Q(first_day=1), name="bill_cycle_calendar_month")]


class TaxRule(models.Model):
    """Which VAT applies to a category in a territory, from when to when."""

    id = models.BigAutoField(primary_key=True)
    territory = models.CharField(max_length=10)
    tax_category = models.CharField(max_length=20)
    nature = models.CharField(max_length=10, default="", blank=True)
    category = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    exemption_reason = models.CharField(max_length=200, default="", blank=True)
    exemption_code = models.CharField(max_length=40, default="", blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "billing_tax_rule"
        constraints = [
            models.UniqueConstraint(fields=["territory", "tax_category", "nature", "valid_from"], name="tax_rule_once"),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="tax_rule_period"),
        ]


class NumberSeries(models.Model):
    """A continuous series of legal numbers: `last_number` is the last one given."""

    id = models.BigAutoField(primary_key=True)
    issuing_entity = models.ForeignKey(IssuingEntity, on_delete=models.PROTECT, related_name="series")
    year = models.PositiveSmallIntegerField()
    prefix = models.CharField(max_length=10)
    last_number = models.PositiveIntegerField(default=0)
    last_issue_date = models.DateField(null=True)

    class Meta:
        db_table = "billing_number_series"
        constraints = [models.UniqueConstraint(fields=["issuing_entity", "year", "prefix"], name="number_series_once")]


class BillRun(models.Model):
    """One billing of a cycle: who opened it, who approved it, where it stands. A preview is never issued."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    issuing_entity = models.ForeignKey(IssuingEntity, on_delete=models.PROTECT, related_name="runs")
    bill_cycle = models.ForeignKey(BillCycle, on_delete=models.PROTECT, related_name="runs")
    cycle = models.CharField(max_length=7)
    issue_date = models.DateField()
    is_preview = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="opened")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    opened_by_name = models.CharField(max_length=120)
    checked_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=80, default="", blank=True)
    approved_by_name = models.CharField(max_length=120, default="", blank=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_bill_run"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.RUN_TRANSITIONS)), name="bill_run_state_known"),
            models.CheckConstraint(condition=Q(approved_by="") | ~Q(approved_by=F("opened_by")), name="bill_run_two_people"),
            models.CheckConstraint(
                condition=~(Q(is_preview=True) & Q(state__in=("approved", "issued", "closed"))),
                name="bill_run_preview_stays",
            ),
            models.UniqueConstraint(
                fields=["issuing_entity", "cycle"],
                condition=Q(is_preview=False) & ~Q(state="cancelled"),
                name="bill_run_one_per_cycle",
            ),
        ]


class CustomerBill(models.Model):
    """One account's bill in a run (TM Forum CustomerBill). `frozen` keeps what was used of account and issuer."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    run = models.ForeignKey(BillRun, on_delete=models.PROTECT, related_name="bills")
    billing_account = models.ForeignKey("party.BillingAccount", on_delete=models.PROTECT, related_name="+")
    customer_file = models.ForeignKey("party.CustomerFile", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("staff.Agency", on_delete=models.PROTECT, related_name="+")
    account_reference = models.CharField(max_length=20)
    customer_reference = models.CharField(max_length=20)
    customer_name = models.CharField(max_length=160)
    cycle = models.CharField(max_length=7)
    is_preview = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="due")
    number = models.CharField(max_length=35, null=True)
    document_type = models.CharField(max_length=3, default="380")
    profile = models.CharField(max_length=120, default="", blank=True)
    mode = models.CharField(max_length=3, default="", blank=True)
    issue_date = models.DateField()
    due_date = models.DateField(null=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    net_amount_exact = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    net_amount = _cents()
    tax_amount = _cents()
    gross_amount = _cents()
    phone_lines = models.PositiveIntegerField(default=0)
    previous_bill = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    frozen = models.JSONField(default=dict)
    proven_xml_sha256 = models.CharField(max_length=64, default="", blank=True)
    proof = models.JSONField(default=list)
    computed_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_customer_bill"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.BILL_TRANSITIONS)), name="bill_state_known"),
            models.CheckConstraint(condition=Q(net_amount=F("gross_amount") - F("tax_amount")), name="bill_sums"),
            models.CheckConstraint(
                condition=Q(state="issued", number__isnull=False, issued_at__isnull=False) | (~Q(state="issued") & Q(number__isnull=True)),
                name="bill_numbered_when_issued",
            ),
            models.UniqueConstraint(fields=["number"], condition=Q(number__isnull=False), name="bill_number_once"),
            models.UniqueConstraint(fields=["run", "billing_account"], name="bill_once_in_run"),
        ]
        indexes = [
            models.Index(fields=["run", "state"], name="bill_of_run"),
            models.Index(fields=["billing_account", "-issue_date"], name="bill_of_account"),
            models.Index(fields=["customer_file", "-issue_date"], name="bill_of_customer"),
            models.Index(fields=["agency", "-issue_date"], name="bill_of_agency"),
            indexes.GinIndex(fields=["number"], name="bill_number_trigram", opclasses=["gin_trgm_ops"]),
        ]


class AppliedCustomerBillingRate(models.Model):
    """An amount of one phone line on a bill, with every input that made it (TM Forum AppliedCustomerBillingRate)."""

    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(CustomerBill, on_delete=models.CASCADE, related_name="rates")
    kind = models.CharField(max_length=12)
    section = models.CharField(max_length=12)
    name_fr = models.CharField(max_length=200)
    nature = models.CharField(max_length=10)
    tax_category = models.CharField(max_length=20)
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    exemption_reason = models.CharField(max_length=200)
    exemption_code = models.CharField(max_length=40)
    start_date = models.DateField()
    end_date = models.DateField()
    full_amount_exact = _exact()
    list_amount_exact = _exact()
    days = models.PositiveSmallIntegerField()
    month_days = models.PositiveSmallIntegerField()
    amount_exact = _exact()
    amount = _cents()
    invoice_line = models.PositiveIntegerField()
    line_id = models.UUIDField(null=True)
    product_id = models.UUIDField(null=True)
    price_id = models.BigIntegerField(null=True)
    cost_centre = models.CharField(max_length=40)
    user_label = models.CharField(max_length=160)
    msisdn = models.CharField(max_length=20)
    offering_code = models.CharField(max_length=60)
    offering_version = models.PositiveIntegerField()
    offering_name_fr = models.CharField(max_length=200)
    price_code = models.CharField(max_length=80)
    price_type = models.CharField(max_length=20)
    agreement_reference = models.CharField(max_length=30)
    clause_number = models.CharField(max_length=20)
    clause_text = models.TextField()
    instalment_number = models.PositiveIntegerField(null=True)
    instalment_count = models.PositiveIntegerField(null=True)
    service = models.CharField(max_length=20)
    tariff_code = models.CharField(max_length=60)
    zone_code = models.CharField(max_length=60)
    zone_name_fr = models.CharField(max_length=120)
    band = models.CharField(max_length=40)
    events = models.BigIntegerField()
    quantity_rated = models.BigIntegerField()
    quantity_free = models.BigIntegerField()
    unit = models.CharField(max_length=20)
    allowance_code = models.CharField(max_length=80)
    rating_run_id = models.CharField(max_length=80)
    charged_through_date = models.DateField(null=True)
    instalments_charged = models.PositiveIntegerField()

    class Meta:
        db_table = "billing_applied_rate"
        indexes = [
            models.Index(fields=["bill", "invoice_line"], name="rate_of_bill"),
            models.Index(fields=["line_id", "bill"], name="rate_of_line"),
        ]


class InvoiceLine(models.Model):
    """A line of the structured invoice."""

    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(CustomerBill, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    section = models.CharField(max_length=12)
    name_fr = models.CharField(max_length=420)
    description = models.TextField()
    nature = models.CharField(max_length=10)
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    unit_code = models.CharField(max_length=5)
    unit_price_exact = _exact()
    net_amount_exact = _exact()
    net_amount = _cents()
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    exemption_reason = models.CharField(max_length=200)
    exemption_code = models.CharField(max_length=40)
    start_date = models.DateField()
    end_date = models.DateField()
    offering_code = models.CharField(max_length=60)
    cost_centre = models.CharField(max_length=40)

    class Meta:
        db_table = "billing_invoice_line"
        constraints = [
            models.UniqueConstraint(fields=["bill", "number"], name="invoice_line_once"),
            models.CheckConstraint(condition=Q(unit_price_exact__gte=0), name="invoice_line_price_not_negative"),
        ]


class TaxItem(models.Model):
    """A row of a bill's VAT breakdown: rounded once, on the summed base."""

    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(CustomerBill, on_delete=models.CASCADE, related_name="tax_items")
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    base_amount = _cents()
    tax_amount_exact = _exact()
    tax_amount = _cents()
    exemption_reason = models.CharField(max_length=200)
    exemption_code = models.CharField(max_length=40)

    class Meta:
        db_table = "billing_tax_item"
        constraints = [models.UniqueConstraint(fields=["bill", "position"], name="tax_item_once")]


class BillFinding(models.Model):
    """Why a bill is held: the obstacle, who looks after it and by when; closed by a repair or a person's decision."""

    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(CustomerBill, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=80)
    severity = models.CharField(max_length=12)
    message_template = models.TextField()
    next_step_template = models.TextField()
    values = models.JSONField(default=dict)
    path = models.CharField(max_length=200, default="", blank=True)
    owner_id = models.UUIDField(null=True)
    owner_name = models.CharField(max_length=120)
    promised_date = models.DateField()
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=120, default="", blank=True)
    decision = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        db_table = "billing_bill_finding"
        indexes = [models.Index(fields=["bill"], name="finding_of_bill")]


class BillDocument(models.Model):
    """A file of an issued bill: its name under the invoices' folder, its SHA-256, the template that drew it."""

    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(CustomerBill, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    template_version = models.CharField(max_length=40, default="", blank=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "billing_bill_document"
        constraints = [models.UniqueConstraint(fields=["bill", "kind"], name="bill_document_once")]


class ChargeProgress(models.Model):
    """Up to where a price of the installed base has been charged by issued bills."""

    price_id = models.BigIntegerField(primary_key=True)
    billing_account = models.ForeignKey("party.BillingAccount", on_delete=models.PROTECT, related_name="+")
    charged_through_date = models.DateField()
    instalments_charged = models.PositiveIntegerField(default=0)
    bill = models.ForeignKey(CustomerBill, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "billing_charge_progress"
        indexes = [models.Index(fields=["billing_account"], name="progress_of_account")]


class LedgerEntry(models.Model):
    """A booking: numbered without a gap in its journal and year, never changed; `bill` is its proof."""

    id = models.BigAutoField(primary_key=True)
    journal = models.CharField(max_length=5)
    journal_name = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    entry_number = models.PositiveIntegerField()
    entry_date = models.DateField()
    piece_reference = models.CharField(max_length=35)
    piece_date = models.DateField()
    label = models.CharField(max_length=200)
    bill = models.ForeignKey(CustomerBill, on_delete=models.PROTECT, related_name="ledger_entries")
    validated_at = models.DateTimeField()

    class Meta:
        db_table = "billing_ledger_entry"
        constraints = [models.UniqueConstraint(fields=["journal", "year", "entry_number"], name="ledger_entry_once")]


class LedgerLine(models.Model):
    """One side of a booking."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="lines")
    account_number = models.CharField(max_length=12)
    account_name = models.CharField(max_length=80)
    auxiliary_number = models.CharField(max_length=20, default="", blank=True)
    auxiliary_name = models.CharField(max_length=160, default="", blank=True)
    debit = _cents()
    credit = _cents()

    class Meta:
        db_table = "billing_ledger_line"
        constraints = [
            models.CheckConstraint(condition=Q(debit__gte=0, credit__gte=0), name="ledger_line_positive"),
            models.CheckConstraint(condition=Q(debit=0) | Q(credit=0), name="ledger_line_one_side"),
        ]
        indexes = [models.Index(fields=["entry"], name="ledger_line_of_entry")]
