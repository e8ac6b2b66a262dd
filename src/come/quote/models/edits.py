"""What was done to the lines of a draft, files read and not applied yet, and how a person likes the grid."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from come.shared import ids

DONE, UNDONE, DROPPED = "done", "undone", "dropped"


class QuoteEdit(models.Model):
    """One act on the lines of a draft, with what it takes to undo it and to do it again.

    `before`: the lines that the act added (null), removed or changed (as they were), by stable id. `after`: the cells (and the
    position) that it wrote in lines that it changed. `redo`: the lines that undoing took away. `revision` is the quote's after the
    act was last done or undone: what is newer than what a screen shows is found by it. States: done → undone → done, or dropped
    when its author did something else meanwhile.
    """

    id = models.BigAutoField(primary_key=True)
    quote = models.ForeignKey("quote.Quote", on_delete=models.CASCADE, related_name="edits")
    label_fr = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict, db_default={})
    redo = models.JSONField(default=dict, db_default={})
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120)
    edited_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=8, default=DONE, db_default=DONE)

    class Meta:
        db_table = "quote_edit"
        constraints = [models.CheckConstraint(condition=Q(state__in=(DONE, UNDONE, DROPPED)), name="quote_edit_state")]
        indexes = [models.Index(fields=["quote", "-revision"], name="quote_edit_recent")]


class QuoteImport(models.Model):
    """A file or a table read for a draft whose differences a person looks at before they are applied."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    quote = models.ForeignKey("quote.Quote", on_delete=models.CASCADE, related_name="imports")
    name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    unknown_headings = models.JSONField(default=list)
    ignored_rows = models.PositiveIntegerField(default=0)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quote_import"
        indexes = [models.Index(fields=["quote", "-id"], name="quote_import_recent")]


class GridLayout(models.Model):
    """Which columns of the grid a person shows, in which order and how wide."""

    staff = models.OneToOneField("staff.StaffMember", on_delete=models.CASCADE, primary_key=True, related_name="+")
    columns = models.JSONField(default=list)

    class Meta:
        db_table = "quote_grid_layout"
