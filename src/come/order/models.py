"""Tables of orders: lines, frozen patterns, steps, outbox, breakers, promises.

A line's `stable_line_id` is the id that it had on the quote and that it will have in the inventory.
Lines that were sold alike share one pattern: ten thousand lines are a few patterns and a table of identifiers.
"""

from __future__ import annotations

from django.contrib.postgres import fields
from django.db import models
from django.db.models import F, Q

from come.order.policies import states
from come.shared import ids


def _known(machine: states.Transitions, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(state__in=sorted(machine)), name=name)


class ProductOrder(models.Model):
    """One order (TM Forum ProductOrder); its state is computed from its lines."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(max_length=30, unique=True)
    external_id = models.CharField(max_length=80, default="", blank=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=30, default="acknowledged")
    state_since_at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="", blank=True)
    # One accepted quote makes one order, whoever clicks twice.
    quote_id = models.UUIDField(null=True, unique=True)
    quote_reference = models.CharField(max_length=30, default="", blank=True)
    customer_file = models.ForeignKey("party.CustomerFile", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("staff.Agency", on_delete=models.PROTECT, related_name="+")
    billing_account = models.ForeignKey("party.BillingAccount", on_delete=models.PROTECT, related_name="+", null=True)
    agreement_reference = models.CharField(max_length=30, default="", blank=True)
    ordered_by = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="+", null=True)
    ordered_by_name = models.CharField(max_length=120)
    on_behalf_of_id = models.UUIDField(null=True)
    on_behalf_of_name = models.CharField(max_length=120, default="", blank=True)
    ordered_at = models.DateTimeField()
    requested_start_date = models.DateField(null=True)
    requested_completion_date = models.DateField(null=True)
    decomposed_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    line_count = models.PositiveIntegerField()
    catalogue_version_hash = models.CharField(max_length=64, default="", blank=True)
    # While it is stopped nothing new leaves; what has left is still watched.
    stopped_since_at = models.DateTimeField(null=True)
    stopped_by_name = models.CharField(max_length=120, default="", db_default="", blank=True)

    class Meta:
        db_table = "order_product_order"
        constraints = [_known(states.ORDER_TRANSITIONS, "order_state_known")]
        indexes = [
            models.Index(fields=["agency", "-ordered_at"], name="order_of_agency"),
            models.Index(fields=["customer_file", "-ordered_at"], name="order_of_company"),
            models.Index(fields=["state"], condition=Q(state__in=states.OPEN_ORDER_STATES), name="order_open"),
        ]


class OrderPattern(models.Model):
    """What lines of an order have in common: offerings, needs, prices and usage terms, frozen when it was taken."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(ProductOrder, on_delete=models.CASCADE, related_name="patterns")
    position = models.PositiveIntegerField()
    action = models.CharField(max_length=10, default="add")
    operation = models.CharField(max_length=20, default="install")
    plan_code = models.CharField(max_length=60, default="", blank=True)
    plan_version = models.PositiveIntegerField(default=1)
    plan_name_fr = models.CharField(max_length=200, default="", blank=True)
    plan_kind = models.CharField(max_length=20, default="plan")
    option_codes = fields.ArrayField(models.CharField(max_length=60), default=list)
    device_code = models.CharField(max_length=60, default="", blank=True)
    needs_msisdn = models.BooleanField(default=False)
    needs_sim = models.BooleanField(default=False)
    needs_device = models.BooleanField(default=False)
    commitment_months = models.PositiveIntegerField(default=0)
    # The offerings of the pattern with their prices and usage terms, as policies.freezing writes them.
    frozen = models.JSONField(default=dict)

    class Meta:
        db_table = "order_pattern"
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="order_pattern_position")]


class ProductOrderItem(models.Model):
    """One line of an order (TM Forum ProductOrderItem)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    order = models.ForeignKey(ProductOrder, on_delete=models.CASCADE, related_name="items")
    pattern = models.ForeignKey(OrderPattern, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    external_id = models.CharField(max_length=80, default="", blank=True)
    action = models.CharField(max_length=10, default="add")
    stable_line_id = models.UUIDField()
    state = models.CharField(max_length=20, default="acknowledged")
    state_since_at = models.DateTimeField()
    user_label = models.CharField(max_length=160, default="", blank=True)
    cost_centre = models.ForeignKey("party.CostCentre", on_delete=models.PROTECT, related_name="+", null=True)
    cost_centre_code = models.CharField(max_length=60, default="", blank=True)
    wanted_msisdn = models.CharField(max_length=20, default="", blank=True)
    wanted_iccid = models.CharField(max_length=20, default="", blank=True)
    rio = models.CharField(max_length=12, default="", blank=True)
    msisdn = models.CharField(max_length=20, default="", blank=True)
    iccid = models.CharField(max_length=20, default="", blank=True)
    completed_at = models.DateTimeField(null=True)
    # Set once the line is to be cancelled after something has left: what was done is being undone.
    cancelling_since_at = models.DateTimeField(null=True)
    # A change asked while a step of the line was being sent: applied, or explained, once that step has settled.
    waiting_amendment = models.JSONField(null=True)
    # The line of an earlier order on the same installed line: this one starts once that one is over.
    after_item = models.ForeignKey("self", on_delete=models.SET_NULL, related_name="+", null=True, db_index=False)

    class Meta:
        db_table = "order_product_order_item"
        constraints = [
            _known(states.ITEM_TRANSITIONS, "order_item_state_known"),
            models.CheckConstraint(condition=Q(action__in=("add", "delete", "modify", "noChange")), name="order_item_action_known"),
            models.UniqueConstraint(fields=["order", "position"], name="order_item_position"),
            models.UniqueConstraint(fields=["order", "stable_line_id"], name="order_item_line_once"),
        ]
        indexes = [
            models.Index(fields=["order", "state", "position"], name="order_item_by_state"),
            models.Index(fields=["stable_line_id"], name="order_item_of_line"),
        ]


class OutboxMessage(models.Model):
    """Something to ask of an outside system, written in the commit that decided it.

    `key` is the idempotency key: however often it is sent, its effect happens once.
    """

    id = models.BigAutoField(primary_key=True)
    adapter = models.CharField(max_length=30)
    operation = models.CharField(max_length=30)
    key = models.UUIDField(unique=True)
    order = models.ForeignKey(ProductOrder, on_delete=models.CASCADE, related_name="messages")
    payload = models.JSONField()
    state = models.CharField(max_length=20, default="pending")
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    observations = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    answer_code = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        db_table = "order_outbox_message"
        constraints = [_known(states.MESSAGE_TRANSITIONS, "outbox_state_known")]
        indexes = [
            models.Index(
                fields=["adapter", "due_at", "id"],
                condition=Q(state__in=("pending", "sending", "sent")),
                name="outbox_due",
            ),
            models.Index(fields=["order", "state"], name="outbox_of_order"),
        ]


class OrderStep(models.Model):
    """One step of a line's plan. When it is held, it says why, who has it, and by when."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(ProductOrder, on_delete=models.CASCADE, related_name="steps")
    item = models.ForeignKey(ProductOrderItem, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=30)
    sequence = models.PositiveSmallIntegerField()
    adapter = models.CharField(max_length=30)
    depends_on = fields.ArrayField(models.CharField(max_length=30), default=list)
    state = models.CharField(max_length=20, default="planned")
    state_since_at = models.DateTimeField()
    planned_date = models.DateField()
    maximum_age_seconds = models.PositiveIntegerField()
    attempts = models.PositiveIntegerField(default=0)
    message = models.ForeignKey(OutboxMessage, on_delete=models.SET_NULL, null=True, related_name="steps")
    done_at = models.DateTimeField(null=True)
    cause_code = models.CharField(max_length=60, default="", blank=True)
    cause_signature = models.CharField(max_length=200, default="", blank=True)
    cause_detail = models.CharField(max_length=300, default="", blank=True)
    owner = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="+", null=True)
    owner_team = models.CharField(max_length=40, default="", blank=True)
    due_at = models.DateTimeField(null=True)
    incident = models.ForeignKey("ticket.TroubleTicket", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        db_table = "order_step"
        constraints = [
            _known(states.STEP_TRANSITIONS, "order_step_state_known"),
            models.UniqueConstraint(fields=["item", "kind"], name="order_step_once"),
            # A held step is never without its reason, its owner and its date.
            models.CheckConstraint(
                condition=~Q(state="held")
                | (~Q(cause_code="") & ~Q(cause_signature="") & Q(due_at__isnull=False) & (Q(owner__isnull=False) | ~Q(owner_team=""))),
                name="order_step_held_is_explained",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "kind", "state"], name="order_step_progress"),
            models.Index(fields=["cause_signature"], condition=Q(state="held"), name="order_step_held_cause"),
            models.Index(fields=["state", "state_since_at"], condition=Q(state__in=("held", "ready", "sent")), name="order_step_age"),
        ]


class LineDecision(models.Model):
    """What was decided on a line in flight: by whom, why, with which outcome and at which cost. Append-only (trigger)."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(ProductOrder, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ProductOrderItem, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10)
    outcome = models.CharField(max_length=12)
    because = models.CharField(max_length=30, default="", blank=True)
    changes = models.JSONField(default=dict)
    penalty_exact = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    penalty_source = models.CharField(max_length=300, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=120)

    class Meta:
        db_table = "order_line_decision"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("cancel", "amend")), name="line_decision_kind"),
            models.CheckConstraint(
                condition=Q(outcome__in=("cancelled", "undoing", "kept", "applied", "waiting", "refused")), name="line_decision_outcome"
            ),
        ]
        indexes = [models.Index(fields=["item", "id"], name="line_decision_of_item")]


class AdapterBreaker(models.Model):
    """The circuit breaker of one outside system: it opens and closes by itself."""

    adapter = models.CharField(max_length=30, primary_key=True)
    state = models.CharField(max_length=20, default="closed")
    state_since_at = models.DateTimeField()
    consecutive_failures = models.PositiveIntegerField(default=0)
    next_probe_at = models.DateTimeField(null=True)
    probe_delay_seconds = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "order_adapter_breaker"
        constraints = [
            _known(states.BREAKER_TRANSITIONS, "breaker_state_known"),
            models.CheckConstraint(
                condition=Q(state="closed") | Q(next_probe_at__isnull=False),
                name="breaker_open_has_a_probe",
            ),
        ]


class Promise(models.Model):
    """A date given to the customer: who gave it, when, why, on what evidence. Append-only (trigger)."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(ProductOrder, on_delete=models.PROTECT, related_name="promises")
    item = models.ForeignKey(ProductOrderItem, on_delete=models.PROTECT, related_name="promises", null=True)
    subject = models.CharField(max_length=20, default="activation")
    promised_date = models.DateField()
    previous_date = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=120)
    reason_fr = models.TextField()
    evidence = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "order_promise"
        constraints = [
            models.CheckConstraint(
                condition=Q(previous_date__isnull=True) | ~Q(promised_date=F("previous_date")),
                name="promise_moves_the_date",
            ),
        ]
        indexes = [models.Index(fields=["order", "made_at"], name="promise_of_order")]
