from __future__ import annotations

import datetime as dt
import uuid

import pytest

from come.shared import events, obstacles, queries as shared_queries
from come.staff import commands, models, queries
from staff_cast import AT, PASSWORD

pytestmark = pytest.mark.django_db


def new_member(actor, agency_ids=(), **changed):
    facts = {"login": "zoe", "display_name": "Zoé Petit", "roles": ["seller"], "password": "un autre mot long", **changed}
    return commands.create_staff_member(agency_ids=agency_ids, actor=actor, at=AT, **facts)


def facts_about(kind, identifier):
    return shared_queries.events_about(subject=events.subject(kind, identifier))


def test_the_administration_opens_an_account(cast):
    staff_id = new_member(cast.marc, [cast.lyon])
    found = queries.member(staff_id=staff_id)
    assert (found.login, found.display_name, found.roles, found.agency_ids) == ("zoe", "Zoé Petit", ("seller",), frozenset({cast.lyon}))
    (event,) = facts_about("staff", staff_id)
    assert (event.name, event.actor_name) == ("StaffMemberCreated", "Marc Delcourt")
    assert event.after == {"display_name": "Zoé Petit", "email": "", "roles": ["seller"], "agencies": ["Agence Lyon"]}


def test_the_password_is_kept_hashed_and_never_told(cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    staff_id = new_member(cast.marc, [cast.lyon])
    kept = models.StaffMember.objects.get(id=staff_id)
    assert kept.password.startswith("argon2$argon2id$")
    assert kept.check_password("un autre mot long")
    assert "un autre mot long" not in str([(event.payload, event.after) for event in facts_about("staff", staff_id)])


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "diane", "karim"])
def test_only_the_administration_opens_accounts(cast, who):
    before = models.StaffMember.objects.count()
    with pytest.raises(obstacles.NotAllowed):
        new_member(getattr(cast, who), [cast.lyon])
    with pytest.raises(obstacles.NotAllowed):
        commands.create_agency(code="TLS", name="Toulouse", city="", actor=getattr(cast, who), at=AT)
    assert models.StaffMember.objects.count() == before
    assert not models.Agency.objects.filter(code="TLS").exists()


def test_every_refusal_of_a_new_account_comes_at_once_and_nothing_is_written(cast):
    before = models.StaffMember.objects.count()
    with pytest.raises(obstacles.Refusal) as refused:
        new_member(cast.marc, [uuid.uuid4()], login="alice", display_name="", roles=["king"], password="court", is_new=True)
    codes = {found.code for found in refused.value.obstacles}
    assert codes == {"staff.name_missing", "staff.unknown_role", "staff.login_taken", "staff.unknown_agency", "staff.weak_password"}
    assert models.StaffMember.objects.count() == before


def test_a_set_up_that_runs_again_finds_the_same_person(cast):
    events_before = len(facts_about("staff", cast.alice.staff_id))
    again = new_member(cast.marc, [cast.nantes], login="alice", display_name="Une autre")
    assert again == cast.alice.staff_id
    assert queries.member(staff_id=again).display_name == "Alice Morel"
    assert len(facts_about("staff", cast.alice.staff_id)) == events_before


def test_a_change_keeps_before_and_after(cast):
    commands.change_staff_member(
        staff_id=cast.alice.staff_id,
        display_name="Alice Morel",
        email="alice@novaline.example",
        roles=["seller", "manager"],
        agency_ids=[cast.lyon, cast.nantes],
        actor=cast.marc,
        at=AT,
    )
    event = facts_about("staff", cast.alice.staff_id)[0]
    assert event.before == {"display_name": "Alice Morel", "email": "", "roles": ["seller"], "agencies": ["Agence Lyon"]}
    assert event.after["roles"] == ["manager", "seller"]
    assert event.after["agencies"] == ["Agence Lyon", "Agence Nantes"]
    assert queries.actor_for(staff_id=cast.alice.staff_id).agency_ids == {cast.lyon, cast.nantes}


def test_a_refused_change_changes_nothing(cast):
    with pytest.raises(obstacles.Refusal):
        commands.change_staff_member(
            staff_id=cast.alice.staff_id,
            display_name="",
            email="",
            roles=["support"],
            agency_ids=[],
            actor=cast.marc,
            at=AT,
        )
    found = queries.member(staff_id=cast.alice.staff_id)
    assert (found.display_name, found.roles, found.agency_ids) == ("Alice Morel", ("seller",), frozenset({cast.lyon}))


def test_a_deactivated_person_is_nobody_and_their_key_opens_nothing(cast):
    key = commands.issue_api_token(staff_id=cast.alice.staff_id, name="export", expires_at=None, actor=cast.alice, at=AT)
    assert queries.actor_by_token(token=key, at=AT).staff_id == cast.alice.staff_id
    commands.deactivate_staff_member(staff_id=cast.alice.staff_id, actor=cast.marc, at=AT)
    assert queries.actor_for(staff_id=cast.alice.staff_id) is None
    assert queries.actor_by_token(token=key, at=AT) is None
    commands.reactivate_staff_member(staff_id=cast.alice.staff_id, actor=cast.marc, at=AT)
    assert queries.actor_by_token(token=key, at=AT) is not None


def test_deactivating_twice_is_one_fact(cast):
    for _time in range(2):
        commands.deactivate_staff_member(staff_id=cast.alice.staff_id, actor=cast.marc, at=AT)
    names = [event.name for event in facts_about("staff", cast.alice.staff_id)]
    assert names == ["StaffMemberDeactivated", "StaffMemberCreated"]


def test_nobody_locks_themselves_out(cast):
    with pytest.raises(obstacles.Refusal) as refused:
        commands.deactivate_staff_member(staff_id=cast.marc.staff_id, actor=cast.marc, at=AT)
    assert refused.value.code == "staff.own_account"
    assert queries.actor_for(staff_id=cast.marc.staff_id) is not None


def test_a_new_password_needs_the_present_one(cast):
    with pytest.raises(obstacles.Refusal) as refused:
        commands.change_password(current="pas celui-là", new="un nouveau mot long", actor=cast.alice, at=AT)
    assert refused.value.code == "staff.wrong_password"
    assert models.StaffMember.objects.get(login="alice").check_password(PASSWORD)
    commands.change_password(current=PASSWORD, new="un nouveau mot long", actor=cast.alice, at=AT)
    assert models.StaffMember.objects.get(login="alice").check_password("un nouveau mot long")


@pytest.mark.parametrize("weak", ["court", "123456789012", "passwordpassword1"[:8]])
def test_a_weak_password_is_refused(cast, weak):
    with pytest.raises(obstacles.Refusal) as refused:
        commands.change_password(current=PASSWORD, new=weak, actor=cast.alice, at=AT)
    assert refused.value.code == "staff.weak_password"
    assert models.StaffMember.objects.get(login="alice").check_password(PASSWORD)


def test_a_key_ends_on_its_date_and_is_kept_hashed(cast):
    ends = AT + dt.timedelta(days=1)
    key = commands.issue_api_token(staff_id=cast.alice.staff_id, name="export", expires_at=ends, actor=cast.alice, at=AT)
    assert not models.ApiToken.objects.filter(token_hash=key).exists()
    assert queries.actor_by_token(token=key, at=ends - dt.timedelta(seconds=1)) is not None
    assert queries.actor_by_token(token=key, at=ends) is None


def test_a_revoked_key_opens_nothing_and_only_its_holder_revokes_it(cast):
    key = commands.issue_api_token(staff_id=cast.alice.staff_id, name="export", expires_at=None, actor=cast.alice, at=AT)
    (token,) = queries.api_tokens(staff_id=cast.alice.staff_id)
    with pytest.raises(obstacles.NotFound):
        commands.revoke_api_token(token_id=token.id, actor=cast.bob, at=AT)
    assert queries.actor_by_token(token=key, at=AT) is not None
    commands.revoke_api_token(token_id=token.id, actor=cast.alice, at=AT)
    assert queries.actor_by_token(token=key, at=AT) is None


def test_a_key_for_somebody_else_needs_the_administration(cast):
    with pytest.raises(obstacles.NotAllowed):
        commands.issue_api_token(staff_id=cast.alice.staff_id, name="x", expires_at=None, actor=cast.diane, at=AT)
    assert queries.api_tokens(staff_id=cast.alice.staff_id) == []
