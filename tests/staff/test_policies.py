from __future__ import annotations

import uuid

import pytest

from come.shared import actor as actors, obstacles
from come.staff import policies

LYON, NANTES = uuid.UUID(int=1), uuid.UUID(int=2)
EVERY_PERMISSION = frozenset(policies._ACTS_FR)


def person(*roles: str, agencies: tuple[uuid.UUID, ...] = (LYON,)) -> actors.Actor:
    return actors.Actor(
        staff_id=uuid.UUID(int=9),
        name="Quelqu’un",
        roles=frozenset(roles),
        agency_ids=frozenset(agencies),
        sees_all_agencies=policies.sees_all_agencies(roles),
    )


READING = {
    "customer.read", "quote.read", "order.read", "inventory.read", "catalogue.read", "usage.read", "billing.read",
    "ticket.read", "ticket.write", "audit.read", "api.read",
}  # fmt: skip
SELLING = READING | {"customer.write", "quote.write", "order.write", "order.repair", "inventory.write", "api.write"}
EXPECTED = {
    "seller": SELLING,
    "assistant": SELLING,
    "manager": SELLING | {"ticket.handle", "quote.approve", "agreement.write", "staff.read"},
    "support": READING | {"ticket.handle", "order.write", "order.repair", "inventory.write", "usage.write", "staff.read"},
    "billing_operator": READING | {"usage.write", "billing.run", "billing.approve"},
    "pricing_manager": READING | {"catalogue.write", "catalogue.publish", "agreement.write", "quote.approve", "staff.read"},
    "data_steward": READING | {"customer.write"},
    "administrator": {"staff.read", "staff.write", "audit.read", "catalogue.read", "ticket.read", "ticket.write"},
    "api_client": SELLING | {"catalogue.write", "usage.write"},
    "system": EVERY_PERMISSION,
}


@pytest.mark.parametrize(
    ("role", "permission"),
    [(role, permission) for role in EXPECTED for permission in sorted(EVERY_PERMISSION)],
)
def test_every_right_of_every_role(role, permission):
    actor = person(role)
    allowed = permission in EXPECTED[role]
    assert policies.can(actor, permission) is allowed
    if allowed:
        policies.require(actor, permission)
    else:
        with pytest.raises(obstacles.NotAllowed) as refused:
            policies.require(actor, permission)
        assert refused.value.status == 403
        assert refused.value.code == "staff.not_allowed"


def test_the_table_gives_only_permissions_that_have_words():
    given = set().union(*policies.PERMISSIONS.values())
    assert given == EVERY_PERMISSION
    assert set(policies.PERMISSIONS) == set(policies.ROLE_NAMES_FR)


def test_a_refusal_says_in_french_what_is_refused():
    with pytest.raises(obstacles.NotAllowed) as refused:
        policies.require(person("seller"), "billing.run")
    assert refused.value.obstacles[0].message == "Votre rôle ne permet pas de faire cela : lancer la facturation."


def test_nobody_without_a_role_may_do_anything():
    assert not any(policies.can(person(), permission) for permission in EVERY_PERMISSION)


def test_two_roles_add_up():
    both = person("seller", "billing_operator")
    assert policies.can(both, "quote.write")
    assert policies.can(both, "billing.run")
    assert both.sees_all_agencies


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [
        ("seller", True, False),
        ("assistant", True, False),
        ("manager", True, False),
        ("api_client", True, False),
        ("support", True, True),
        ("billing_operator", True, True),
        ("pricing_manager", True, True),
        ("data_steward", True, True),
        ("administrator", True, True),
    ],
)
def test_agencies_that_each_role_sees(role, own, other):
    actor = person(role)
    assert policies.can_see(actor, LYON) is own
    assert policies.can_see(actor, NANTES) is other
    assert policies.visible_agency_ids(actor) == (None if other else frozenset({LYON}))


def test_an_unowned_thing_is_hidden_from_those_bound_to_agencies():
    assert not policies.can_see(person("seller"), None)
    assert policies.can_see(person("support"), None)


def test_charlie_is_refused_what_lyon_follows():
    charlie = person("seller", agencies=(NANTES,))
    with pytest.raises(obstacles.NotAllowed) as refused:
        policies.require_agency(charlie, LYON, "Ce devis")
    assert refused.value.obstacles[0].message == "Ce devis est suivi par une autre agence."
    policies.require_agency(charlie, NANTES)


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"login": "Alice"}, ["staff.login_malformed"]),
        ({"login": "a"}, ["staff.login_malformed"]),
        ({"login": "-alice"}, ["staff.login_malformed"]),
        ({"login": "alice morel"}, ["staff.login_malformed"]),
        ({"display_name": "  "}, ["staff.name_missing"]),
        ({"roles": []}, ["staff.role_missing"]),
        ({"roles": ["seller", "king"]}, ["staff.unknown_role"]),
        ({"agency_count": 0}, ["staff.agency_missing"]),
        ({"roles": ["support"], "agency_count": 0}, []),
        (
            {"login": "É", "display_name": "", "roles": ["king"], "agency_count": 0},
            ["staff.login_malformed", "staff.name_missing", "staff.unknown_role", "staff.agency_missing"],
        ),
    ],
)
def test_everything_wrong_with_a_person_is_said_at_once(changed, codes):
    facts = {"login": "alice.morel-2", "display_name": "Alice Morel", "roles": ["seller"], "agency_count": 1, **changed}
    assert [found.code for found in policies.member_obstacles(**facts)] == codes
