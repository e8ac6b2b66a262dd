"""Framework agreements: negotiated prices as dated clauses, and the templates that they start from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from come.catalogue import records
from come.catalogue.models import periods
from come.shared import ids

STATES = ("draft", "signed", "ended")


class Clause(models.Model):
    """One negotiated price. Amounts in euros excluding tax; percentages are reductions in points."""

    position = models.SmallIntegerField()
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    target_kind = models.CharField(max_length=16)
    text_fr = models.TextField()
    offering_code = models.CharField(max_length=40, null=True)
    price_code = models.CharField(max_length=40, null=True)
    price_type = models.CharField(max_length=12, null=True)
    offering_kind = models.CharField(max_length=20, null=True)
    tariff_code = models.CharField(max_length=40, null=True)
    service = models.CharField(max_length=10, null=True)
    zone_code = models.CharField(max_length=40, null=True)
    origin_zone_code = models.CharField(max_length=40, null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    percentage = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    minimum_quantity = models.IntegerField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    formula = models.CharField(max_length=200, null=True)
    allowance_code = models.CharField(max_length=40, null=True)
    allowance_quantity = models.BigIntegerField(null=True)
    allowance_scope = models.CharField(max_length=16, null=True)

    class Meta:
        abstract = True


class Commitment(models.Model):
    """What a company promises to reach each period, and what it owes otherwise. Amounts in euros excluding tax."""

    position = models.SmallIntegerField()
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    target_kind = models.CharField(max_length=16)
    offering_kind = models.CharField(max_length=20, null=True)
    offering_code = models.CharField(max_length=40, null=True)
    period = models.CharField(max_length=8)
    minimum = models.DecimalField(max_digits=18, decimal_places=6)
    shortfall_rule = models.CharField(max_length=12)
    unit_amount = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    percentage = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    text_fr = models.TextField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        abstract = True


class AgreementTemplate(models.Model):
    """Clauses prepared for a family of negotiations."""

    code = models.CharField(primary_key=True, max_length=40)
    name_fr = models.CharField(max_length=200)
    description_fr = models.TextField(default="", blank=True)
    duration_months = models.SmallIntegerField()

    class Meta:
        db_table = "catalogue_agreement_template"


class AgreementTemplateClause(Clause):
    """A clause of a template."""

    template = models.ForeignKey(AgreementTemplate, on_delete=models.CASCADE, related_name="clauses", db_column="template_code")

    class Meta:
        db_table = "catalogue_agreement_template_clause"
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="catalogue_template_clause_once")]


class AgreementTemplateCommitment(Commitment):
    """A commitment of a template."""

    template = models.ForeignKey(AgreementTemplate, on_delete=models.CASCADE, related_name="commitments", db_column="template_code")

    class Meta:
        db_table = "catalogue_agreement_template_commitment"
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="catalogue_template_commitment_once")]


class Agreement(models.Model):
    """A framework agreement of one legal unit; its prices apply on `[valid_from, valid_to)` once signed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    legal_unit = models.ForeignKey("party.LegalUnit", on_delete=models.PROTECT, related_name="+")
    template_code = models.CharField(max_length=40, default="", blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    state = models.CharField(max_length=10)
    signed_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "catalogue_agreement"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="catalogue_agreement_state"),
            models.CheckConstraint(condition=Q(state="draft") | Q(signed_date__isnull=False), name="catalogue_agreement_signed"),
            periods.ends_after_start("catalogue_agreement_period"),
        ]


class AgreementClause(Clause):
    """A clause of an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="clauses")

    class Meta:
        db_table = "catalogue_agreement_clause"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="catalogue_clause_once"),
            models.CheckConstraint(
                condition=Q(kind="amount", amount__gte=0, percentage__isnull=True, formula__isnull=True)
                | Q(kind="percentage", amount__isnull=True, percentage__gte=0, percentage__lte=100, formula__isnull=True)
                | Q(kind="formula", amount__isnull=True, percentage__isnull=True, formula__isnull=False)
                | Q(kind="quantity", amount__isnull=True, percentage__isnull=True, formula__isnull=True, target_kind="allowance"),
                name="catalogue_clause_makes",
            ),
            models.CheckConstraint(
                condition=Q(target_kind__in=[item.value for item in records.ClauseTarget]), name="catalogue_clause_speaks_of"
            ),
            models.CheckConstraint(
                condition=Q(kind="quantity", target_kind="allowance", allowance_code__isnull=False, allowance_quantity__gte=0)
                | (~Q(kind="quantity") & ~Q(target_kind="allowance") & Q(allowance_code__isnull=True, allowance_quantity__isnull=True)),
                name="catalogue_clause_allowance",
            ),
        ]


class AgreementMember(models.Model):
    """A company of the group that an agreement covers, beside the one that signs it."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="members")
    legal_unit = models.ForeignKey("party.LegalUnit", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "catalogue_agreement_member"
        constraints = [
            periods.ends_after_start("catalogue_member_period"),
            periods.no_overlap("catalogue_member_once", ["agreement", "legal_unit"]),
        ]


class AgreementCommitment(Commitment):
    """A commitment of an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="commitments")

    class Meta:
        db_table = "catalogue_agreement_commitment"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="catalogue_commitment_once"),
            models.CheckConstraint(condition=Q(minimum__gt=0), name="catalogue_commitment_minimum"),
            models.CheckConstraint(
                condition=Q(kind__in=[item.value for item in records.CommitmentKind])
                & Q(period__in=[item.value for item in records.CommitmentPeriod])
                & Q(shortfall_rule__in=[item.value for item in records.ShortfallRule]),
                name="catalogue_commitment_words",
            ),
            models.CheckConstraint(
                condition=Q(target_kind="all", offering_kind__isnull=True, offering_code__isnull=True)
                | Q(target_kind="offering_kind", offering_kind__isnull=False, offering_code__isnull=True)
                | Q(target_kind="offering", offering_kind__isnull=True, offering_code__isnull=False),
                name="catalogue_commitment_target",
            ),
        ]
