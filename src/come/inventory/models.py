"""Tables of the installed base, with their truth over time: periods are `[start, end)`, a null end means "still".

No number, SIM or device is ever on two lines at once: exclusion constraints, not code, say so.
"""

from __future__ import annotations

from django.contrib.postgres import constraints, fields, indexes
from django.db import models
from django.db.models import F, Func, Q

from come.inventory import policies
from come.shared import ids


class TimeRange(Func):
    """The half-open range of two instants, for exclusion constraints."""

    function = "tstzrange"
    output_field = fields.DateTimeRangeField()


class Product(models.Model):
    """One thing a customer has (TM Forum Product): a line, or what hangs under it (option, device, pool).

    A line's id is the stable id that it had on the quote and the order: one id from the first offer to the last bill.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_file = models.ForeignKey("party.CustomerFile", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("staff.Agency", on_delete=models.PROTECT, related_name="+")
    billing_account = models.ForeignKey("party.BillingAccount", on_delete=models.PROTECT, related_name="+", null=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="children", null=True)
    offering_code = models.CharField(max_length=60)
    offering_version = models.PositiveIntegerField()
    name_fr = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    user_label = models.CharField(max_length=160, default="", blank=True)
    label_key = models.CharField(max_length=160, default="", blank=True)
    cost_centre = models.ForeignKey("party.CostCentre", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=20)
    state_reason = models.CharField(max_length=160, default="", blank=True)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    terminated_at = models.DateTimeField(null=True)
    # The commitment that runs: since the first day of it (activation, or the last renewal), until its end, excluded.
    commitment_start_date = models.DateField(null=True)
    commitment_end_date = models.DateField(null=True)
    agreement_reference = models.CharField(max_length=30, default="", blank=True)
    order_item_ref = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        db_table = "inventory_product"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(policies.TRANSITIONS)), name="product_state_known"),
            models.CheckConstraint(
                condition=~Q(state="terminated") | Q(terminated_at__isnull=False),
                name="product_terminated_is_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["customer_file", "state"], name="product_of_company"),
            models.Index(fields=["parent"], name="product_of_line"),
            models.Index(fields=["billing_account"], name="product_of_account"),
            models.Index(fields=["order_item_ref"], name="product_of_order_item"),
            indexes.GinIndex(fields=["label_key"], opclasses=["gin_trgm_ops"], name="product_label_trigram"),
        ]


class ProductOffering(models.Model):
    """An offering that a line had before it was changed, from when to when: what it has now stands on the product itself."""

    id = models.BigAutoField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="past_offerings")
    offering_code = models.CharField(max_length=60)
    offering_version = models.PositiveIntegerField()
    name_fr = models.CharField(max_length=200)
    order_item_ref = models.CharField(max_length=80, default="", blank=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()

    class Meta:
        db_table = "inventory_product_offering"
        constraints = [
            models.CheckConstraint(condition=Q(end_at__gte=F("start_at")), name="product_offering_order"),
            constraints.ExclusionConstraint(
                name="product_offering_no_overlap",
                expressions=[("product", "="), (TimeRange("start_at", "end_at"), "&&")],
            ),
        ]


class ProductState(models.Model):
    """The state a product was in, from when to when, who put it there and why."""

    id = models.BigAutoField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=160, default="", blank=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)
    actor_name = models.CharField(max_length=120)

    class Meta:
        db_table = "inventory_product_state"
        constraints = [
            models.CheckConstraint(condition=Q(end_at__isnull=True) | Q(end_at__gte=F("start_at")), name="product_state_order"),
            models.UniqueConstraint(fields=["product"], condition=Q(end_at__isnull=True), name="product_state_one_open"),
            constraints.ExclusionConstraint(
                name="product_state_no_overlap",
                expressions=[("product", "="), (TimeRange("start_at", "end_at"), "&&")],
            ),
        ]


class NumberResource(models.Model):
    """A telephone number, in the form +33612345678 (or +33700… with 14 national digits for M2M)."""

    id = models.BigAutoField(primary_key=True)
    msisdn = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, default="mobile")
    state = models.CharField(max_length=20, default="available")
    reserved_for = models.UUIDField(null=True)
    state_since_at = models.DateTimeField()
    quarantine_until_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inventory_number_resource"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=policies.NUMBER_STATES), name="number_state_known"),
            models.CheckConstraint(condition=Q(kind__in=policies.NUMBER_KINDS), name="number_kind_known"),
            models.CheckConstraint(
                condition=~Q(state="reserved") | Q(reserved_for__isnull=False),
                name="number_reserved_for_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "msisdn"], condition=Q(state="available"), name="number_available"),
            models.Index(fields=["reserved_for"], condition=Q(reserved_for__isnull=False), name="number_reserved_for"),
            indexes.GinIndex(fields=["msisdn"], opclasses=["gin_trgm_ops"], name="number_trigram"),
        ]


class SimResource(models.Model):
    """A SIM card or an eSIM profile, in the stock of an agency (or the central one) until a line has it."""

    id = models.BigAutoField(primary_key=True)
    iccid = models.CharField(max_length=20, unique=True)
    imsi = models.CharField(max_length=15, default="", blank=True)
    eid = models.CharField(max_length=32, default="", blank=True)
    kind = models.CharField(max_length=10, default="sim")
    agency = models.ForeignKey("staff.Agency", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=20, default="available")
    reserved_for = models.UUIDField(null=True)
    state_since_at = models.DateTimeField()

    class Meta:
        db_table = "inventory_sim_resource"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=policies.SIM_STATES), name="sim_state_known"),
            models.CheckConstraint(condition=Q(kind__in=policies.SIM_KINDS), name="sim_kind_known"),
            models.CheckConstraint(condition=~Q(state="reserved") | Q(reserved_for__isnull=False), name="sim_reserved_for_someone"),
        ]
        indexes = [
            models.Index(fields=["kind", "agency", "iccid"], condition=Q(state="available"), name="sim_available"),
            models.Index(fields=["reserved_for"], condition=Q(reserved_for__isnull=False), name="sim_reserved_for"),
            indexes.GinIndex(fields=["iccid"], opclasses=["gin_trgm_ops"], name="sim_trigram"),
        ]


class DeviceResource(models.Model):
    """A device, known by its IMEI."""

    id = models.BigAutoField(primary_key=True)
    imei = models.CharField(max_length=15, unique=True)
    model_code = models.CharField(max_length=60, default="", blank=True)
    agency = models.ForeignKey("staff.Agency", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=20, default="available")
    reserved_for = models.UUIDField(null=True)
    state_since_at = models.DateTimeField()

    class Meta:
        db_table = "inventory_device_resource"
        constraints = [models.CheckConstraint(condition=Q(state__in=policies.DEVICE_STATES), name="device_state_known")]


def _only_one_line(resource: str) -> constraints.ExclusionConstraint:
    return constraints.ExclusionConstraint(
        name=f"assignment_{resource}_on_one_line",
        expressions=[(resource, "="), (TimeRange("start_at", "end_at"), "&&")],
        condition=Q(**{f"{resource}__isnull": False}),
    )


class ResourceAssignment(models.Model):
    """Which line had which number, SIM or device, from when to when."""

    id = models.BigAutoField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=10)
    number = models.ForeignKey(NumberResource, on_delete=models.PROTECT, related_name="assignments", null=True)
    sim = models.ForeignKey(SimResource, on_delete=models.PROTECT, related_name="assignments", null=True)
    device = models.ForeignKey(DeviceResource, on_delete=models.PROTECT, related_name="assignments", null=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inventory_resource_assignment"
        constraints = [
            models.CheckConstraint(condition=Q(end_at__isnull=True) | Q(end_at__gte=F("start_at")), name="assignment_order"),
            models.CheckConstraint(
                condition=(
                    Q(kind="number", number__isnull=False, sim__isnull=True, device__isnull=True)
                    | Q(kind="sim", number__isnull=True, sim__isnull=False, device__isnull=True)
                    | Q(kind="device", number__isnull=True, sim__isnull=True, device__isnull=False)
                ),
                name="assignment_of_its_kind",
            ),
            _only_one_line("number"),
            _only_one_line("sim"),
            _only_one_line("device"),
        ]
        indexes = [models.Index(fields=["product", "kind"], name="assignment_of_product")]


class ProductPrice(models.Model):
    """A price frozen when it was agreed, exact and beside the list price, with the clause that made it.

    `[start_date, end_date)` are days on the contract's calendar; one-off prices are due on `start_date`.
    """

    id = models.BigAutoField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    billing_account = models.ForeignKey("party.BillingAccount", on_delete=models.PROTECT, related_name="+", null=True)
    code = models.CharField(max_length=80)
    name_fr = models.CharField(max_length=200)
    price_type = models.CharField(max_length=20)
    nature = models.CharField(max_length=20)
    tax_category = models.CharField(max_length=20)
    amount_exact = models.DecimalField(max_digits=18, decimal_places=6)
    list_amount_exact = models.DecimalField(max_digits=18, decimal_places=6)
    currency = models.CharField(max_length=3, default="EUR")
    instalment_count = models.PositiveIntegerField(null=True)
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    in_advance = models.BooleanField(default=True)
    agreement_reference = models.CharField(max_length=30, default="", blank=True)
    clause_number = models.CharField(max_length=20, default="", blank=True)
    clause_text = models.TextField(default="", blank=True)
    reason_fr = models.TextField(default="", blank=True)
    offering_code = models.CharField(max_length=60)
    offering_version = models.PositiveIntegerField()

    class Meta:
        db_table = "inventory_product_price"
        constraints = [
            models.CheckConstraint(condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")), name="price_order"),
            models.CheckConstraint(condition=Q(price_type__in=policies.CHARGED_PRICE_TYPES), name="price_type_known"),
        ]
        indexes = [
            models.Index(fields=["product"], name="price_of_product"),
            models.Index(fields=["billing_account", "start_date"], name="price_of_account"),
        ]


class ProductUsageTerm(models.Model):
    """What a line's usage is rated with: the tariff, and the quantity that an allowance includes.

    Among several, the higher `precedence` wins (an option's terms over its plan's).
    """

    id = models.BigAutoField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="usage_terms")
    line = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="line_usage_terms")
    tariff_code = models.CharField(max_length=60, default="", blank=True)
    precedence = models.PositiveIntegerField()
    allowance_code = models.CharField(max_length=80, default="", blank=True)
    allowance_quantity = models.BigIntegerField(null=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "inventory_product_usage_term"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="usage_term_order"),
            models.CheckConstraint(
                condition=~Q(tariff_code="") | ~Q(allowance_code=""),
                name="usage_term_says_something",
            ),
        ]
        indexes = [models.Index(fields=["line"], name="usage_term_of_line")]
