"""Versions of an offer, or catalogues of two days, side by side."""

from __future__ import annotations

import datetime as dt
import uuid

from come.catalogue import models
from come.catalogue.files import content, differing
from come.catalogue.queries import lists, stored
from come.shared import actor as actors
from come.staff import policies as rights


def version_differences(*, before_id: uuid.UUID, after_id: uuid.UUID, viewer: actors.Actor) -> list[differing.Change]:
    """Return what differs between two versions (about twenty statements). Raises NotAllowed, NotFound.

    A version that comes with rules or usage prices says them too.
    """
    before = lists.visible_offering(offering_id=before_id, viewer=viewer)
    after = lists.visible_offering(offering_id=after_id, viewer=viewer)
    one, other = (stored.offering_content(offering_id=record.id) for record in (before, after))
    return differing.object_differences("offerings", after.code, content.OFFERING, one, other)


def previous_version(*, offering_id: uuid.UUID) -> uuid.UUID | None:
    """Return the version of the same offer numbered just before, or None (two statements)."""
    row = models.Offering.objects.filter(id=offering_id).first()
    if row is None:
        return None
    found = models.Offering.objects.filter(code=row.code, version__lt=row.version).exclude(approval="withdrawn").order_by("-version")
    return found.values_list("id", flat=True).first()


def day_differences(*, before: dt.date, after: dt.date, viewer: actors.Actor) -> list[differing.Change]:
    """Return what differs between what is sold on two days (about twenty statements). Raises NotAllowed."""
    rights.require(viewer, "catalogue.read")
    known = stored.catalogue_content()
    return differing.differences(differing.as_of(known, before), differing.as_of(known, after), by_day=True)
