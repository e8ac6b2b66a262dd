"""People who work with COME, their agencies and their keys to the HTTP API."""

from __future__ import annotations

from django.contrib.auth import base_user
from django.contrib.postgres import fields
from django.db import models

from come.shared import ids


class Agency(models.Model):
    """A sales agency: what its members see is what it owns."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        db_table = "staff_agency"


class StaffMember(base_user.AbstractBaseUser):
    """A person who signs in; `roles` are the words of `staff.policies`."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    login = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=120)
    email = models.EmailField(default="", blank=True)
    roles = fields.ArrayField(models.CharField(max_length=40), default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = base_user.BaseUserManager["StaffMember"]()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        db_table = "staff_member"


class Membership(models.Model):
    """Who belongs to which agency."""

    staff_member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        db_table = "staff_membership"
        constraints = [models.UniqueConstraint(fields=["staff_member", "agency"], name="membership_once")]


class ApiToken(models.Model):
    """A key to the HTTP API; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff_member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_api_token"
