"""Usage prices: calendars, zones, prefixes, visited networks, tariffs and their rates."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from come.catalogue.files import content
from come.catalogue.models import periods


class TimeBand(models.Model):
    """A slice of the week in a calendar."""

    calendar_code = models.CharField(max_length=40)
    band_code = models.CharField(max_length=40)
    name_fr = models.CharField(max_length=120)
    days = ArrayField(models.CharField(max_length=8))
    start_minute = models.SmallIntegerField()
    end_minute = models.SmallIntegerField()

    class Meta:
        db_table = "catalogue_time_band"
        constraints = [
            models.UniqueConstraint(fields=["calendar_code", "band_code", "days", "start_minute"], name="catalogue_time_band_once"),
            models.CheckConstraint(
                condition=Q(start_minute__gte=0, end_minute__lte=24 * 60, end_minute__gt=models.F("start_minute")),
                name="catalogue_time_band_minutes",
            ),
        ]


class Holiday(models.Model):
    """A public holiday of a calendar."""

    calendar_code = models.CharField(max_length=40)
    day = models.DateField()
    name_fr = models.CharField(max_length=120)

    class Meta:
        db_table = "catalogue_holiday"
        constraints = [models.UniqueConstraint(fields=["calendar_code", "day"], name="catalogue_holiday_once")]


class Zone(models.Model):
    """Destinations, or visited countries, that are priced alike."""

    code = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=12)
    name_fr = models.CharField(max_length=120)

    class Meta:
        db_table = "catalogue_zone"
        constraints = [models.CheckConstraint(condition=Q(kind__in=content.ZONE_KINDS), name="catalogue_zone_kind")]


class Prefix(models.Model):
    """An international prefix and its zone."""

    prefix = models.CharField(max_length=16)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, db_column="zone_code")
    name_fr = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "catalogue_prefix"
        constraints = [
            models.UniqueConstraint(fields=["prefix", "valid_from"], name="catalogue_prefix_once"),
            periods.ends_after_start("catalogue_prefix_period"),
            periods.no_overlap("catalogue_prefix_no_overlap", ["prefix"]),
        ]


class Network(models.Model):
    """A visited mobile network and its roaming zone."""

    mcc = models.CharField(max_length=3)
    mnc = models.CharField(max_length=3)
    name_fr = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, db_column="zone_code")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "catalogue_network"
        constraints = [
            models.UniqueConstraint(fields=["mcc", "mnc", "valid_from"], name="catalogue_network_once"),
            periods.ends_after_start("catalogue_network_period"),
            periods.no_overlap("catalogue_network_no_overlap", ["mcc", "mnc"]),
        ]


class Tariff(models.Model):
    """A family of usage prices."""

    code = models.CharField(primary_key=True, max_length=40)
    name_fr = models.CharField(max_length=200)
    description_fr = models.TextField(default="", blank=True)
    calendar_code = models.CharField(max_length=40)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_column="based_on_code")

    class Meta:
        db_table = "catalogue_tariff"


class Rate(models.Model):
    """One usage price; a null zone means any, an empty band every hour; `is_incoming` prices what a line receives."""

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, db_column="tariff_code", related_name="rates")
    service = models.CharField(max_length=10)
    origin_zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, db_column="origin_zone_code", related_name="+")
    destination_zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, db_column="destination_zone_code", related_name="+")
    is_incoming = models.BooleanField(default=False)
    band_code = models.CharField(max_length=40, default="", blank=True)
    price_eur = models.DecimalField(max_digits=18, decimal_places=6)
    price_quantity = models.BigIntegerField()
    first_increment = models.BigIntegerField()
    next_increment = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    connection_fee_eur = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    minimum_charge_eur = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    maximum_charge_eur = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    rounding = models.CharField(max_length=20, default=content.ROUNDINGS[0])

    class Meta:
        db_table = "catalogue_rate"
        constraints = [
            models.UniqueConstraint(
                fields=["tariff", "service", "origin_zone", "destination_zone", "is_incoming", "band_code", "valid_from"],
                nulls_distinct=False,
                name="catalogue_rate_once",
            ),
            periods.ends_after_start("catalogue_rate_period"),
            models.CheckConstraint(
                condition=Q(price_eur__gte=0, price_quantity__gte=1, first_increment__gte=1, next_increment__gte=1),
                name="catalogue_rate_positive",
            ),
            models.CheckConstraint(condition=Q(service__in=content.SERVICES), name="catalogue_rate_service"),
        ]
