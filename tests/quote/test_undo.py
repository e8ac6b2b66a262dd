"""Undo and redo: each person their own acts, whole sessions of them, never over what a colleague wrote since."""

from __future__ import annotations

import pytest

import fleet_world as fw
from come.quote import commands, queries, records
from come.quote.policies import consent
from come.shared import obstacles

TABLE = "Utilisateur\tForfait\tSite\nAnne\tMOB-50\tLyon\nPaul\tMOB-5\tBrest\nZoé\tMOB-5\tNice\n"


class Hand:
    """One person's acts on one quote."""

    def __init__(self, scene, quote_id, actor):
        self.scene, self.quote_id, self.actor = scene, quote_id, actor

    def set(self, line, **cells):
        given = {"actor": self.actor, "at": fw.AT, "consented_changes": consent.ANY}
        return commands.edit_lines(quote_id=self.quote_id, changes={line.stable_id: cells}, **given)

    def remove(self, *lines):
        wanted = records.Selection(stable_ids=tuple(line.stable_id for line in lines))
        return commands.remove_lines(quote_id=self.quote_id, selection=wanted, actor=self.actor, at=fw.AT)

    def undo(self, **given):
        return commands.undo_edit(quote_id=self.quote_id, actor=self.actor, at=fw.AT, **given)

    def redo(self, **given):
        return commands.redo_edit(quote_id=self.quote_id, actor=self.actor, at=fw.AT, **given)


@pytest.fixture
def hands(scene):
    created = scene.draft(TABLE)
    return Hand(scene, created.quote_id, scene.world.alice), Hand(scene, created.quote_id, scene.world.bob)


def state(scene, quote_id):
    head = scene.head(quote_id)
    return scene.lines(quote_id), head.totals, head.issue_count


def test_a_whole_session_is_undone_and_done_again(scene, hands):
    alice, _ = hands
    seen = [((), records.Totals(), 0), state(scene, alice.quote_id)]
    first, second, third = seen[1][0]
    alice.set(first, plan="MOB-5", site="")
    seen.append(state(scene, alice.quote_id))
    alice.remove(second)
    seen.append(state(scene, alice.quote_id))
    alice.set(third, msisdn="faux")
    seen.append(state(scene, alice.quote_id))
    for before in reversed(seen[:-1]):
        assert alice.undo().label
        assert state(scene, alice.quote_id) == before
    assert alice.undo().label == ""
    for after in seen[1:]:
        assert alice.redo(consented_changes=consent.ANY).label
        assert state(scene, alice.quote_id) == after
    assert alice.redo().label == ""


def test_a_new_act_ends_what_could_be_done_again(scene, hands):
    alice, _ = hands
    line = scene.lines(alice.quote_id)[0]
    alice.set(line, site="Metz")
    alice.undo()
    alice.set(line, site="Caen")
    assert alice.redo().label == ""
    assert scene.lines(alice.quote_id)[0].cells["site"] == "Caen"
    assert [alice.undo().label for _ in range(3)] == ["« Site » à la ligne 1", "Collage d’un tableau de 3 lignes", ""]


def test_each_person_undoes_their_own_act_and_leaves_the_other_s(scene, hands):
    alice, bob = hands
    first, second, _ = scene.lines(alice.quote_id)
    alice.set(first, site="Metz")
    bob.set(first, cost_centre="ATELIER")
    bob.set(second, site="Dole")
    assert alice.undo().label == "« Site » à la ligne 1"
    shown = scene.lines(alice.quote_id)
    assert (shown[0].cells["site"], shown[0].cells["cost_centre"], shown[1].cells["site"]) == ("Lyon", "ATELIER", "Dole")
    assert bob.undo().label == "« Site » à la ligne 2"


def test_undoing_over_a_colleague_s_change_is_explained_then_the_rest_may_be_undone(scene, hands):
    alice, bob = hands
    first, second, _ = scene.lines(alice.quote_id)
    commands.edit_lines(
        quote_id=alice.quote_id,
        changes={first.stable_id: {"site": "Metz"}, second.stable_id: {"site": "Metz"}},
        actor=alice.actor,
        at=fw.AT,
    )
    bob.set(first, site="Dole")
    before = state(scene, alice.quote_id)
    with pytest.raises(obstacles.Conflict) as refused:
        alice.undo()
    assert [one.message for one in refused.value.obstacles] == ["Ligne 1 : Bob Petit a changé « Site », qui dit maintenant « Dole »."]
    assert state(scene, alice.quote_id) == before
    answer = alice.undo(keep_others=True)
    assert (answer.label, answer.left_alone) == ("Modification de 2 lignes", 1)
    assert [line.cells["site"] for line in scene.lines(alice.quote_id)] == ["Dole", "Brest", "Nice"]


def test_a_paste_is_not_undone_over_what_a_colleague_wrote_in_it(scene, hands):
    alice, bob = hands
    first, _, _ = scene.lines(alice.quote_id)
    bob.set(first, user_label="Anne Durand")
    with pytest.raises(obstacles.Conflict) as refused:
        alice.undo()
    assert "Bob Petit a changé « Utilisateur »" in refused.value.obstacles[0].message
    assert alice.undo(keep_others=True).left_alone == 1
    assert [line.cells["user_label"] for line in scene.lines(alice.quote_id)] == ["Anne Durand"]


def test_undoing_a_change_of_a_line_that_a_colleague_removed_is_explained(scene, hands):
    alice, bob = hands
    first, second, _ = scene.lines(alice.quote_id)
    alice.set(first, site="Metz")
    bob.remove(first)
    with pytest.raises(obstacles.Conflict, match="a retiré une des lignes"):
        alice.undo()
    assert scene.lines(alice.quote_id)[0].stable_id == second.stable_id


def test_a_mass_edit_over_what_a_colleague_wrote_since_is_refused(scene, hands):
    alice, bob = hands
    seen = scene.head(alice.quote_id).revision
    _, second, _ = scene.lines(alice.quote_id)
    bob.set(second, site="Dole")
    before = state(scene, alice.quote_id)
    wanted = {"quote_id": alice.quote_id, "selection": records.Selection(), "actor": alice.actor, "at": fw.AT, "since": seen}
    with pytest.raises(obstacles.Conflict, match="Bob Petit a changé « Site »"):
        commands.edit_selection(cells={"site": "Metz"}, **wanted)
    with pytest.raises(obstacles.Conflict):
        commands.remove_lines(**wanted)
    assert state(scene, alice.quote_id) == before
    assert commands.edit_selection(cells={"cost_centre": "SIEGE"}, **wanted).touched == 3


def test_an_undo_sent_twice_takes_back_one_act(scene, hands):
    alice, _ = hands
    first = scene.lines(alice.quote_id)[0]
    alice.set(first, site="Metz")
    alice.actor = alice.actor.with_request("défaire-1")
    assert alice.undo() == alice.undo()
    assert queries.quote(quote_id=alice.quote_id, viewer=scene.world.alice).line_count == 3


def test_charlie_undoes_and_redoes_nothing(scene, hands):
    alice, _ = hands
    charlie = Hand(scene, alice.quote_id, scene.world.charlie)
    before = state(scene, alice.quote_id)
    for act in (charlie.undo, charlie.redo):
        with pytest.raises(obstacles.NotAllowed):
            act()
    assert state(scene, alice.quote_id) == before


def test_a_quote_that_was_sent_is_not_undone(scene, hands):
    alice, _ = hands
    scene.send(alice.quote_id)
    before = state(scene, alice.quote_id)
    with pytest.raises(obstacles.Refusal):
        alice.undo()
    assert state(scene, alice.quote_id) == before
