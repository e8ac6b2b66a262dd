"""Companies as the registry knows them, customer files as we follow them, accounts as they pay.

Exact identifiers are unique in the database, so that two sellers at the same second cannot make a duplicate.
"""

from __future__ import annotations

from django.contrib.postgres import indexes
from django.db import models
from django.db.models import Q

from come.shared import ids

UNIT_STATES = ("A", "C")
SIZE_CATEGORIES = ("MIC", "PME", "ETI", "GE", "")
SEGMENTS = ("pro", "pme", "enterprise", "public")
FILE_STATES = ("prospect", "active", "closed")
NAME_KINDS = ("legal", "usual", "sign", "acronym", "old", "seller")
PAYMENT_MEANS = ("direct_debit", "transfer")
VAT_TERRITORIES = ("FR", "DROM", "GF_YT", "EXPORT")


class LegalUnit(models.Model):
    """A company; `siren` is null for a foreign or a provisional one."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    siren = models.CharField(max_length=9, null=True)
    legal_name = models.CharField(max_length=160)
    legal_form = models.CharField(max_length=60, default="", blank=True)
    naf = models.CharField(max_length=6, default="", blank=True)
    size_category = models.CharField(max_length=3, default="", blank=True)
    state = models.CharField(max_length=1, default="A")
    vat_number = models.CharField(max_length=20, default="", blank=True)
    diffusion = models.CharField(max_length=1, default="O")
    source = models.CharField(max_length=20, default="seller")
    source_date = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "party_legal_unit"
        constraints = [
            models.UniqueConstraint(fields=["siren"], condition=Q(siren__isnull=False), name="legal_unit_siren_once"),
            models.CheckConstraint(condition=Q(state__in=UNIT_STATES), name="legal_unit_state"),
            models.CheckConstraint(condition=Q(size_category__in=SIZE_CATEGORIES), name="legal_unit_size"),
        ]


class Establishment(models.Model):
    """A place of a company."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    legal_unit = models.ForeignKey(LegalUnit, on_delete=models.PROTECT, related_name="establishments")
    siret = models.CharField(max_length=14, null=True)
    is_head_office = models.BooleanField(default=False)
    state = models.CharField(max_length=1, default="A")
    sign = models.CharField(max_length=150, default="", blank=True)
    street = models.CharField(max_length=160, default="", blank=True)
    postcode = models.CharField(max_length=10, default="", blank=True)
    city = models.CharField(max_length=100, default="", blank=True)
    country = models.CharField(max_length=2, default="FR")
    insee_commune = models.CharField(max_length=5, default="", blank=True)
    # What a search compares: no accent, no arrondissement, no cedex.
    city_norm = models.CharField(max_length=100, default="", blank=True)

    class Meta:
        db_table = "party_establishment"
        constraints = [
            models.UniqueConstraint(fields=["siret"], condition=Q(siret__isnull=False), name="establishment_siret_once"),
            models.CheckConstraint(condition=Q(state__in=("A", "F")), name="establishment_state"),
        ]
        indexes = [models.Index(fields=["city_norm"], name="establishment_city")]


class PartyName(models.Model):
    """Every name that a company bears or bore; `norm` is what a search compares."""

    id = models.BigAutoField(primary_key=True)
    legal_unit = models.ForeignKey(LegalUnit, on_delete=models.CASCADE, related_name="names")
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, null=True, related_name="names")
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=160)
    norm = models.CharField(max_length=160)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=20, default="seller")

    class Meta:
        db_table = "party_name"
        constraints = [models.CheckConstraint(condition=Q(kind__in=NAME_KINDS), name="party_name_kind")]
        indexes = [indexes.GinIndex(fields=["norm"], name="party_name_norm_trgm", opclasses=["gin_trgm_ops"])]


class CustomerFile(models.Model):
    """What an agency follows: a perimeter of an establishment. Several per company are legitimate, two of one perimeter are not."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    legal_unit = models.ForeignKey(LegalUnit, on_delete=models.PROTECT, related_name="customer_files")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="customer_files")
    perimeter = models.CharField(max_length=60, default="")
    name = models.CharField(max_length=160)
    # Lists are in this order: the database's own is by code point, accents last.
    sort_name = models.CharField(max_length=160, default="", blank=True)
    agency = models.ForeignKey("staff.Agency", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, null=True, related_name="+")
    segment = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="prospect")
    is_provisional = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "party_customer_file"
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "perimeter"],
                condition=Q(establishment__isnull=False) & ~Q(state="closed"),
                name="customer_file_perimeter_once",
            ),
            models.CheckConstraint(condition=Q(segment__in=SEGMENTS), name="customer_file_segment"),
            models.CheckConstraint(condition=Q(state__in=FILE_STATES), name="customer_file_state"),
            models.CheckConstraint(condition=Q(establishment__isnull=False) | Q(is_provisional=True), name="customer_file_placed"),
        ]
        indexes = [models.Index(fields=["agency", "sort_name"], name="customer_file_by_agency")]


class ReferenceRedirect(models.Model):
    """An old reference that another file answers for."""

    old_reference = models.CharField(max_length=20, primary_key=True)
    customer_file = models.ForeignKey(CustomerFile, on_delete=models.PROTECT, related_name="redirects")

    class Meta:
        db_table = "party_reference_redirect"


class ContactPoint(models.Model):
    """A person of the customer, and how to reach them."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_file = models.ForeignKey(CustomerFile, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=60, default="", blank=True)
    family_name = models.CharField(max_length=60, default="", blank=True)
    role = models.CharField(max_length=60, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    email = models.EmailField(default="", blank=True)

    class Meta:
        db_table = "party_contact_point"
        indexes = [models.Index(fields=["phone"], name="contact_point_phone"), models.Index(fields=["email"], name="contact_point_email")]


class BillingAccount(models.Model):
    """Who pays, how, with which references (see docs/adr/0004)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    customer_file = models.ForeignKey(CustomerFile, on_delete=models.PROTECT, related_name="billing_accounts")
    name = models.CharField(max_length=160)
    currency = models.CharField(max_length=3, default="EUR")
    payment_means = models.CharField(max_length=14, default="transfer")
    iban = models.CharField(max_length=34, default="", blank=True)
    mandate_reference = models.CharField(max_length=35, default="", blank=True)
    mandate_signed_on = models.DateField(null=True)
    purchase_order_number = models.CharField(max_length=35, default="", blank=True)
    vat_territory = models.CharField(max_length=8, default="FR")
    endpoint_scheme = models.CharField(max_length=8, default="0225")
    endpoint_id = models.CharField(max_length=60, default="", blank=True)
    payment_term_days = models.PositiveSmallIntegerField(default=30)
    email = models.EmailField(default="", blank=True)
    street = models.CharField(max_length=160, default="", blank=True)
    postcode = models.CharField(max_length=10, default="", blank=True)
    city = models.CharField(max_length=100, default="", blank=True)
    country = models.CharField(max_length=2, default="FR")
    is_split_by_cost_centre = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "party_billing_account"
        constraints = [
            models.CheckConstraint(condition=Q(payment_means__in=PAYMENT_MEANS), name="billing_account_means"),
            models.CheckConstraint(condition=Q(vat_territory__in=VAT_TERRITORIES), name="billing_account_territory"),
            # French commercial law: at most sixty days from the invoice's date.
            models.CheckConstraint(condition=Q(payment_term_days__lte=60), name="billing_account_term"),
        ]


class CostCentre(models.Model):
    """The customer's own cut of its bill."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    billing_account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="cost_centres")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "party_cost_centre"
        constraints = [models.UniqueConstraint(fields=["billing_account", "code"], name="cost_centre_once")]
