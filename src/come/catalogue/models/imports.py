"""What was imported, when, by whom, from which files."""

from __future__ import annotations

from django.db import models

from come.shared import ids


class CatalogueImport(models.Model):
    """One accepted folder. `content_hash` is the SHA-256 of its files; counts are of versions, rules, prices and rows."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    imported_at = models.DateTimeField()
    imported_by_id = models.UUIDField(null=True)
    imported_by_name = models.CharField(max_length=120)
    operator = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    home_zone = models.CharField(max_length=40)
    contract_zone = models.CharField(max_length=40)
    description_fr = models.TextField(default="", blank=True)
    content_hash = models.CharField(max_length=64)
    is_published = models.BooleanField()
    created_count = models.IntegerField()
    changed_count = models.IntegerField()
    unchanged_count = models.IntegerField()

    class Meta:
        db_table = "catalogue_import"
        indexes = [models.Index(fields=["-imported_at"], name="catalogue_import_latest")]


class CatalogueImportFile(models.Model):
    """One file of an accepted folder."""

    catalogue_import = models.ForeignKey(CatalogueImport, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()

    class Meta:
        db_table = "catalogue_import_file"
        constraints = [models.UniqueConstraint(fields=["catalogue_import", "path"], name="catalogue_import_file_once")]
