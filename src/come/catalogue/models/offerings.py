"""Specifications, dated versions of offerings with all that belongs to them, and compatibility rules."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from come.catalogue import records
from come.catalogue.files import content
from come.catalogue.models import periods
from come.shared import ids

STATES = (*content.APPROVALS, "withdrawn")
"""How far a version has come; scheduled, live and retired follow from the dates of an approved one."""


class Specification(models.Model):
    """A technical product, sold by one or several offerings (TM Forum ProductSpecification)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name_fr = models.CharField(max_length=200)
    description_fr = models.TextField(default="", blank=True)
    brand = models.CharField(max_length=80, default="", blank=True)
    is_retired = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "catalogue_specification"


class Characteristic(models.Model):
    """A fact, or a choice to make, about a specification or an offering."""

    position = models.SmallIntegerField()
    name = models.CharField(max_length=40)
    name_fr = models.CharField(max_length=120)
    value_type = models.CharField(max_length=10)
    values = ArrayField(models.CharField(max_length=200))
    unit = models.CharField(max_length=20, default="", blank=True)
    is_configurable = models.BooleanField(default=False)

    class Meta:
        abstract = True


class SpecificationCharacteristic(Characteristic):
    """A characteristic of a specification."""

    specification = models.ForeignKey(Specification, on_delete=models.CASCADE, related_name="characteristics")

    class Meta:
        db_table = "catalogue_specification_characteristic"
        constraints = [models.UniqueConstraint(fields=["specification", "name"], name="catalogue_spec_characteristic_once")]


class Offering(models.Model):
    """One version of an offering, sold on `[valid_from, valid_to)` when approved; never changed once it has been sold.

    `content_hash` is the SHA-256 of what its file says: importing the same version again changes nothing.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.CharField(max_length=40)
    version = models.IntegerField()
    name_fr = models.CharField(max_length=200)
    description_fr = models.TextField(default="", blank=True)
    kind = models.CharField(max_length=20)
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, to_field="code", db_column="specification_code")
    tariff = models.ForeignKey("catalogue.Tariff", on_delete=models.PROTECT, null=True, db_column="tariff_code")
    segments = ArrayField(models.CharField(max_length=20))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    approval = models.CharField(max_length=10)
    needs_msisdn = models.BooleanField(default=False)
    needs_sim = models.BooleanField(default=False)
    needs_device = models.BooleanField(default=False)
    is_sellable_alone = models.BooleanField(default=True)
    is_free = models.BooleanField(default=False)
    minimum_fleet = models.IntegerField(null=True)
    maximum_fleet = models.IntegerField(null=True)
    territories = ArrayField(models.CharField(max_length=20), default=list, db_default=models.Value("{}"))
    minimum_installed = models.IntegerField(null=True)
    maximum_installed = models.IntegerField(null=True)
    content_hash = models.CharField(max_length=64)
    edited_by_id = models.UUIDField(null=True)
    edited_by_name = models.CharField(max_length=120)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "catalogue_offering"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="catalogue_offering_version_once"),
            models.CheckConstraint(condition=Q(approval__in=STATES), name="catalogue_offering_approval"),
            models.CheckConstraint(condition=Q(kind__in=content.KINDS), name="catalogue_offering_kind"),
            periods.ends_after_start("catalogue_offering_period"),
            periods.no_overlap("catalogue_offering_no_overlap", ["code"], Q(approval="approved")),
        ]


class OfferingSheet(models.Model):
    """What was typed of a version that is being written, mistakes included, so that nothing is ever lost.

    `typed` also holds the compatibility rules and usage prices that go with the version: they enter the catalogue when it is
    published. `author_ids` are all those who wrote in it: none of them publishes it. `is_sound` tells whether the version's
    tables say the same thing.
    """

    offering = models.OneToOneField(Offering, on_delete=models.CASCADE, related_name="sheet", primary_key=True)
    typed = models.JSONField()
    revision = models.IntegerField(default=0)
    is_sound = models.BooleanField(default=False)
    author_ids = ArrayField(models.UUIDField(), default=list)
    edited_by_name = models.CharField(max_length=120)
    edited_at = models.DateTimeField()

    class Meta:
        db_table = "catalogue_offering_sheet"


class Price(models.Model):
    """One price of a version, euros excluding tax."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="prices")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    name_fr = models.CharField(max_length=200)
    price_type = models.CharField(max_length=12)
    amount = models.DecimalField(max_digits=18, decimal_places=6)
    tax_category = models.CharField(max_length=10)
    nature = models.CharField(max_length=10)
    instalment_count = models.SmallIntegerField(null=True)
    instalment_frequency = models.CharField(max_length=10, default="month")
    commitment_months = models.SmallIntegerField(null=True)
    cost_eur = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    in_advance = models.BooleanField(default=True)

    class Meta:
        db_table = "catalogue_price"
        constraints = [
            models.UniqueConstraint(fields=["offering", "code"], name="catalogue_price_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="catalogue_price_amount"),
            models.CheckConstraint(condition=Q(price_type__in=content.PRICE_TYPES), name="catalogue_price_type"),
            models.CheckConstraint(condition=Q(tax_category__in=content.TAX_CATEGORIES), name="catalogue_price_tax"),
            models.CheckConstraint(condition=Q(nature__in=content.NATURES), name="catalogue_price_nature"),
            models.CheckConstraint(
                condition=Q(price_type="instalment", instalment_count__gte=1)
                | (~Q(price_type="instalment") & Q(instalment_count__isnull=True)),
                name="catalogue_price_instalments",
            ),
        ]


class Allowance(models.Model):
    """Usage included each cycle."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="allowances")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    name_fr = models.CharField(max_length=200)
    service = models.CharField(max_length=10)
    quantity = models.BigIntegerField()
    unit = models.CharField(max_length=10)
    scope = models.CharField(max_length=16)
    zones = ArrayField(models.CharField(max_length=40), default=list)
    origin_zones = ArrayField(models.CharField(max_length=40), default=list)
    priority = models.SmallIntegerField(default=100)

    class Meta:
        db_table = "catalogue_allowance"
        constraints = [
            models.UniqueConstraint(fields=["offering", "code"], name="catalogue_allowance_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="catalogue_allowance_quantity"),
            models.CheckConstraint(condition=Q(scope__in=content.SCOPES), name="catalogue_allowance_scope"),
            models.CheckConstraint(condition=Q(service__in=content.SERVICES), name="catalogue_allowance_service"),
        ]


class Term(models.Model):
    """A commitment that the offering may be taken with."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="terms")
    position = models.SmallIntegerField()
    commitment_months = models.SmallIntegerField()
    notice_days = models.SmallIntegerField()
    text_fr = models.TextField(default="", blank=True)

    class Meta:
        db_table = "catalogue_term"
        constraints = [models.UniqueConstraint(fields=["offering", "position"], name="catalogue_term_position")]


class EarlyTermination(models.Model):
    """From a month on, leaving costs that share of the remaining fees."""

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="early_termination")
    from_month = models.SmallIntegerField()
    percentage = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        db_table = "catalogue_early_termination"
        constraints = [
            models.UniqueConstraint(fields=["term", "from_month"], name="catalogue_early_termination_once"),
            models.CheckConstraint(condition=Q(percentage__gte=0, percentage__lte=100), name="catalogue_early_termination_share"),
        ]


class OfferingCharacteristic(Characteristic):
    """A characteristic of one offering, beside those of its specification."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="characteristics")

    class Meta:
        db_table = "catalogue_offering_characteristic"
        constraints = [models.UniqueConstraint(fields=["offering", "name"], name="catalogue_offering_characteristic_once")]


class BundleMember(models.Model):
    """One place in a bundle, named by the code of what fills it (whatever its version on that day)."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="members")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    minimum = models.IntegerField()
    maximum = models.IntegerField()
    default = models.IntegerField()

    class Meta:
        db_table = "catalogue_bundle_member"
        constraints = [
            models.UniqueConstraint(fields=["offering", "code"], name="catalogue_bundle_member_once"),
            models.CheckConstraint(
                condition=Q(minimum__gte=0, minimum__lte=models.F("default"), default__lte=models.F("maximum"), maximum__gte=1),
                name="catalogue_bundle_member_counts",
            ),
        ]


class DiscountTier(models.Model):
    """One step of a discount."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="discount_tiers")
    position = models.SmallIntegerField()
    minimum_quantity = models.IntegerField()
    price_type = models.CharField(max_length=12)
    percentage = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    target_kinds = ArrayField(models.CharField(max_length=20), default=list)
    target_codes = ArrayField(models.CharField(max_length=40), default=list)
    text_fr = models.TextField()

    class Meta:
        db_table = "catalogue_discount_tier"
        constraints = [
            models.UniqueConstraint(fields=["offering", "position"], name="catalogue_discount_tier_position"),
            models.CheckConstraint(
                condition=Q(percentage__isnull=True, amount__isnull=False) | Q(percentage__isnull=False, amount__isnull=True),
                name="catalogue_discount_tier_value",
            ),
        ]


class CompatibilityRule(models.Model):
    """A rule between offerings, as data, with the sentence that explains it."""

    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    source = models.CharField(max_length=40)
    targets = ArrayField(models.CharField(max_length=40))
    minimum = models.IntegerField(null=True)
    maximum = models.IntegerField(null=True)
    scope = models.CharField(max_length=8)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    message_fr = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "catalogue_compatibility_rule"
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="catalogue_rule_once"),
            models.CheckConstraint(condition=Q(kind__in=[item.value for item in records.RuleKind]), name="catalogue_rule_kind"),
            periods.ends_after_start("catalogue_rule_period"),
            periods.no_overlap("catalogue_rule_no_overlap", ["code"]),
        ]
