"""Lines as a sheet: blocks pasted from a cell on, fills, lines cloned, inserted and moved."""

from __future__ import annotations

import pytest

import fleet_world as fw
from come.quote import commands, records
from come.shared import identifiers, obstacles

TABLE = "Utilisateur\tForfait\tSite\n" + "".join(f"Salarié {n}\tMOB-5\tLyon\n" for n in range(1, 6))


@pytest.fixture
def quote_id(scene):
    return scene.draft(TABLE).quote_id


def block(scene, quote_id, start, columns, rows, **given):
    view = given.pop("view", records.Selection())
    wanted = commands.Block(start=start, columns=columns, rows=rows, count=given.pop("count", 0), view=view)
    return commands.paste_block(quote_id=quote_id, block=wanted, actor=given.pop("actor", scene.world.alice), at=fw.AT, **given)


def column(scene, quote_id, name):
    return [line.cells.get(name, "") for line in scene.lines(quote_id)]


def ids(scene, quote_id):
    return [line.stable_id for line in scene.lines(quote_id)]


def chosen(*stable_ids):
    return records.Selection(stable_ids=stable_ids)


def test_a_block_fills_right_and_down_and_adds_the_rows_past_the_end(scene, quote_id):
    start = ids(scene, quote_id)[3]
    answer = block(scene, quote_id, start, ["plan", "site"], [["MOB-50", "Brest"], ["", "Nice"], ["MOB-5", "Metz"], ["", ""]])
    assert (answer.changed, answer.added, answer.to_correct) == (2, 1, 1)
    assert column(scene, quote_id, "site") == ["Lyon", "Lyon", "Lyon", "Brest", "Nice", "Metz"]
    assert column(scene, quote_id, "plan") == ["Éco 5 Go"] * 3 + ["Illimité 50 Go", "", "Éco 5 Go"]
    assert commands.undo_edit(quote_id=quote_id, actor=scene.world.alice, at=fw.AT).label == "Remplissage de 3 lignes"
    assert column(scene, quote_id, "site") == ["Lyon"] * 5


def test_a_fill_repeats_its_rows_and_never_adds_lines(scene, quote_id):
    start = ids(scene, quote_id)[1]
    answer = block(scene, quote_id, start, ["site"], [["Brest"], ["Nice"]], count=100)
    assert (answer.changed, answer.added) == (4, 0)
    assert column(scene, quote_id, "site") == ["Lyon", "Brest", "Nice", "Brest", "Nice"]


def test_a_block_goes_down_the_lines_that_the_filter_shows(scene, quote_id):
    lines = scene.lines(quote_id)
    commands.edit_lines(
        quote_id=quote_id, changes={line.stable_id: {"plan": "Rien"} for line in lines[::2]}, actor=scene.world.alice, at=fw.AT
    )
    view = records.Selection(only_to_correct=True)
    answer = block(scene, quote_id, lines[0].stable_id, ["plan"], [["MOB-50"]] * 3, view=view)
    assert (answer.changed, answer.to_correct) == (3, 0)
    assert column(scene, quote_id, "plan") == ["Illimité 50 Go", "Éco 5 Go", "Illimité 50 Go", "Éco 5 Go", "Illimité 50 Go"]
    with pytest.raises(obstacles.NotFound):
        block(scene, quote_id, lines[0].stable_id, ["plan"], [["MOB-5"]], view=view)


def test_a_block_is_not_written_over_a_colleague_s_cell(scene, quote_id):
    lines = scene.lines(quote_id)
    since = scene.head(quote_id).revision
    commands.edit_lines(quote_id=quote_id, changes={lines[1].stable_id: {"site": "Dole"}}, actor=scene.world.bob, at=fw.AT)
    with pytest.raises(obstacles.Conflict, match="Bob Petit a changé « Site », qui dit maintenant « Dole »"):
        block(scene, quote_id, lines[0].stable_id, ["site"], [["Metz"]] * 3, since=since)
    assert column(scene, quote_id, "site") == ["Lyon", "Dole", "Lyon", "Lyon", "Lyon"]
    assert block(scene, quote_id, lines[0].stable_id, ["cost_centre"], [["SIEGE"]] * 3, since=since).changed == 3


def test_an_unknown_column_is_refused(scene, quote_id):
    with pytest.raises(obstacles.Refusal) as refused:
        block(scene, quote_id, ids(scene, quote_id)[0], ["monthly"], [["0"]])
    assert refused.value.code == "quote.unknown_column"


def test_lines_are_cloned_under_the_last_without_what_is_theirs_alone(scene):
    number, card = identifiers.format_msisdn(identifiers.test_msisdn(7)), identifiers.test_iccid(7)
    quote_id = scene.draft(
        f"Utilisateur\tForfait\tNuméro\tICCID\tE-mail\tSite\nAnne\tMOB-50\t{number}\t{card}\ta@b.fr\tLyon\nPaul\tMOB-5\t\t\t\t\n"
    ).quote_id
    first, second = ids(scene, quote_id)
    answer = commands.clone_lines(quote_id=quote_id, selection=chosen(first), times=3, actor=scene.world.alice, at=fw.AT)
    assert (answer.touched, answer.to_correct) == (3, 0)
    shown = scene.lines(quote_id)
    assert [line.position for line in shown] == [1, 2, 3, 4, 5]
    assert shown[-1].stable_id == second
    assert {tuple(sorted(line.cells.items())) for line in shown[1:4]} == {
        (("plan", "Illimité 50 Go"), ("site", "Lyon"), ("user_label", "Anne")),
    }
    commands.undo_edit(quote_id=quote_id, actor=scene.world.alice, at=fw.AT)
    assert ids(scene, quote_id) == [first, second]


def test_a_set_is_cloned_in_its_order(scene, quote_id):
    first, second, *_ = ids(scene, quote_id)
    commands.clone_lines(quote_id=quote_id, selection=chosen(first, second), times=2, actor=scene.world.alice, at=fw.AT)
    expected = [f"Salarié {n}" for n in (1, 2, 1, 2, 1, 2, 3, 4, 5)]
    assert column(scene, quote_id, "user_label") == expected


@pytest.mark.parametrize("times", [0, -1, 10_001])
def test_a_number_of_copies_that_is_none_is_refused(scene, quote_id, times):
    with pytest.raises(obstacles.Refusal) as refused:
        commands.clone_lines(quote_id=quote_id, selection=records.Selection(), times=times, actor=scene.world.alice, at=fw.AT)
    assert refused.value.code == "quote.bad_quantity"
    assert len(ids(scene, quote_id)) == 5


def test_an_empty_line_is_inserted_and_says_what_it_lacks(scene, quote_id):
    second = ids(scene, quote_id)[1]
    answer = commands.insert_lines(quote_id=quote_id, before=second, count=2, actor=scene.world.alice, at=fw.AT)
    assert (answer.touched, answer.to_correct) == (2, 2)
    assert column(scene, quote_id, "user_label") == ["Salarié 1", "", "", "Salarié 2", "Salarié 3", "Salarié 4", "Salarié 5"]
    assert [issue.message for issue in scene.lines(quote_id)[1].issues] == ["L’offre manque."]


@pytest.mark.parametrize(
    ("places", "steps", "expected"),
    [
        ([1], -1, [2, 1, 3, 4, 5]),
        ([0], 2, [2, 3, 1, 4, 5]),
        ([0, 2], 1, [2, 1, 3, 4, 5]),
        ([3], 99, [1, 2, 3, 5, 4]),
        ([3, 4], -99, [4, 5, 1, 2, 3]),
        ([0], -1, [1, 2, 3, 4, 5]),
    ],
)
def test_lines_move_together_and_undo_puts_them_back(scene, quote_id, places, steps, expected):
    order = ids(scene, quote_id)
    wanted = chosen(*(order[place] for place in places))
    commands.move_lines(quote_id=quote_id, selection=wanted, steps=steps, actor=scene.world.alice, at=fw.AT)
    assert column(scene, quote_id, "user_label") == [f"Salarié {n}" for n in expected]
    assert [line.position for line in scene.lines(quote_id)] == [1, 2, 3, 4, 5]
    if expected != [1, 2, 3, 4, 5]:
        commands.undo_edit(quote_id=quote_id, actor=scene.world.alice, at=fw.AT)
    assert ids(scene, quote_id) == order


def test_moving_a_line_names_the_right_first_of_two_duplicates(scene):
    number = identifiers.format_msisdn(identifiers.test_msisdn(7))
    quote_id = scene.draft(f"Forfait\tNuméro\nMOB-5\t{number}\nMOB-5\t\nMOB-5\t{number}\n").quote_id
    first = ids(scene, quote_id)[0]
    assert [len(line.issues) for line in scene.lines(quote_id)] == [0, 0, 1]
    commands.move_lines(quote_id=quote_id, selection=chosen(first), steps=2, actor=scene.world.alice, at=fw.AT)
    assert [[issue.message for issue in line.issues] for line in scene.lines(quote_id)] == [[], [], ["Déjà à la ligne 2 de ce devis."]]


def test_charlie_arranges_nothing(scene, quote_id):
    before = scene.lines(quote_id)
    first = before[0].stable_id
    given = {"quote_id": quote_id, "actor": scene.world.charlie, "at": fw.AT}
    acts = (
        lambda: commands.clone_lines(selection=chosen(first), times=1, **given),
        lambda: commands.insert_lines(before=first, count=1, **given),
        lambda: commands.move_lines(selection=chosen(first), steps=1, **given),
        lambda: block(scene, quote_id, first, ["site"], [["Metz"]], actor=scene.world.charlie),
    )
    for act in acts:
        with pytest.raises(obstacles.NotAllowed):
            act()
    assert scene.lines(quote_id) == before


def test_one_request_sent_twice_clones_once(scene, quote_id):
    actor = scene.world.alice.with_request("copie-1")
    answers = [commands.clone_lines(quote_id=quote_id, selection=records.Selection(), times=1, actor=actor, at=fw.AT) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(ids(scene, quote_id)) == 10
