"""From draft to retired, and who may do it."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from come.catalogue import commands, models, policies
from come.shared import models as shared_models, obstacles

TODAY = dt.date(2026, 11, 2)
TOMORROW = dt.date(2026, 11, 3)


@pytest.mark.parametrize("before", policies.TRANSITIONS)
@pytest.mark.parametrize("after", policies.TRANSITIONS)
def test_every_pair_of_approvals(before, after):
    allowed = {
        ("draft", "review"), ("draft", "approved"), ("draft", "withdrawn"),
        ("review", "draft"), ("review", "approved"), ("review", "withdrawn"),
        ("approved", "withdrawn"),
    }  # fmt: skip

    assert (policies.transition_obstacles(code="X", before=before, after=after) == []) is ((before, after) in allowed)


@pytest.mark.parametrize(
    ("approval", "day", "status"),
    [
        ("draft", TODAY, "draft"),
        ("review", TODAY, "review"),
        ("approved", dt.date(2026, 10, 31), "scheduled"),
        ("approved", dt.date(2026, 11, 1), "live"),
        ("approved", dt.date(2026, 11, 30), "live"),
        ("approved", dt.date(2026, 12, 1), "retired"),
        ("withdrawn", TODAY, "retired"),
    ],
)
def test_where_a_version_stands(approval, day, status):
    found = policies.lifecycle_status(approval=approval, valid_from=dt.date(2026, 11, 1), valid_to=dt.date(2026, 12, 1), on=day)

    assert found == status


@pytest.mark.parametrize("only_end", [True, False])
@pytest.mark.parametrize(("approval", "start"), list(itertools.product(["draft", "review", "approved"], [TODAY, TOMORROW])))
def test_what_was_sold_is_frozen_except_its_end(approval, start, only_end):
    found = policies.change_obstacles(
        code="X", version=1, approval=approval, valid_from=start, today=TODAY, only_end_changes=only_end, new_end=TOMORROW
    )

    is_free = approval != "approved" or start == TOMORROW or only_end
    assert (found == []) is is_free


def test_the_end_of_a_sold_version_is_not_set_in_the_past():
    found = policies.change_obstacles(
        code="X",
        version=1,
        approval="approved",
        valid_from=dt.date(2026, 1, 1),
        today=TODAY,
        only_end_changes=True,
        new_end=dt.date(2026, 11, 1),
    )

    assert [one.code for one in found] == ["catalogue.version.frozen"]


@pytest.fixture
def draft(demo):
    return models.Offering.objects.get(code="MOB-SAT")


@pytest.mark.django_db
class TestCommands:
    def test_review_then_publication_by_somebody_else(self, draft, paul, petra, at):
        models.Offering.objects.filter(id=draft.id).update(edited_by_id=paul.staff_id)
        commands.submit_for_review(offering_id=draft.id, actor=paul, at=at)
        with pytest.raises(obstacles.Refusal) as refused:
            commands.publish_offering(offering_id=draft.id, actor=paul, at=at)
        assert [one.code for one in refused.value.obstacles] == ["catalogue.second_person"]
        assert models.Offering.objects.get(id=draft.id).approval == "review"

        commands.publish_offering(offering_id=draft.id, actor=petra, at=at)

        assert models.Offering.objects.get(id=draft.id).approval == "approved"
        names = (
            shared_models.EventLog.objects.filter(subjects__contains=[f"offering:{draft.id}"]).order_by("id").values_list("name", flat=True)
        )
        assert list(names)[-2:] == ["OfferingSubmitted", "OfferingPublished"]
        last = shared_models.EventLog.objects.get(name="OfferingPublished")
        assert (last.before["approval"], last.after["approval"]) == ("review", "approved")

    def test_a_second_version_on_the_same_days_is_not_published(self, draft, petra, at):
        models.Offering.objects.filter(id=draft.id).update(code="MOB-ILL-20", version=2)

        with pytest.raises(obstacles.Refusal) as refused:
            commands.publish_offering(offering_id=draft.id, actor=petra, at=at)

        assert [one.code for one in refused.value.obstacles] == ["catalogue.period.overlap"]
        assert models.Offering.objects.get(id=draft.id).approval == "draft"

    def test_a_version_is_retired_from_a_day_on(self, draft, paul, at):
        sold = models.Offering.objects.get(code="ACC-COQUE")

        commands.retire_offering(offering_id=sold.id, valid_to=TOMORROW, actor=paul, at=at)

        assert models.Offering.objects.get(id=sold.id).valid_to == TOMORROW

    def test_the_past_is_not_rewritten(self, draft, paul, at):
        sold = models.Offering.objects.get(code="ACC-COQUE")

        with pytest.raises(obstacles.Refusal):
            commands.retire_offering(offering_id=sold.id, valid_to=dt.date(2026, 11, 1), actor=paul, at=at)

        assert models.Offering.objects.get(id=sold.id).valid_to is None

    def test_an_end_is_not_put_off(self, draft, paul, at):
        sold = models.Offering.objects.get(code="MOB-ILL-100", version=1)

        with pytest.raises(obstacles.Refusal) as refused:
            commands.retire_offering(offering_id=sold.id, valid_to=dt.date(2028, 1, 1), actor=paul, at=at)

        assert [one.code for one in refused.value.obstacles] == ["catalogue.already_ending"]

    def test_what_was_never_sold_is_withdrawn(self, draft, paul, at):
        scheduled = models.Offering.objects.get(code="MOB-ILL-100", version=2)

        commands.retire_offering(offering_id=scheduled.id, valid_to=TODAY, actor=paul, at=at)
        commands.retire_offering(offering_id=draft.id, valid_to=TODAY, actor=paul, at=at)

        assert set(models.Offering.objects.filter(id__in=[scheduled.id, draft.id]).values_list("approval", flat=True)) == {"withdrawn"}

    def test_a_sold_version_keeps_its_name(self, draft, paul, at):
        sold = models.Offering.objects.get(code="ACC-COQUE")

        with pytest.raises(obstacles.Refusal):
            commands.rename_offering(offering_id=sold.id, name="Autre coque", actor=paul, at=at)

        assert models.Offering.objects.get(id=sold.id).name_fr == "Coque antichoc"

    @pytest.mark.parametrize("verb", ["submit_for_review", "publish_offering", "retire_offering", "rename_offering"])
    def test_a_seller_changes_nothing(self, draft, alice, at, verb):
        more = {"retire_offering": {"valid_to": TODAY}, "rename_offering": {"name": "X"}}.get(verb, {})

        with pytest.raises(obstacles.NotAllowed):
            getattr(commands, verb)(offering_id=draft.id, actor=alice, at=at, **more)

        assert models.Offering.objects.get(id=draft.id).approval == "draft"
