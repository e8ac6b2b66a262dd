"""A negotiated price never changes silently: the act is refused with what would change, then done with a consent to it."""

from __future__ import annotations

from decimal import Decimal

import pytest

import fleet_world as fw
from come.quote import commands, records
from come.quote.policies import consent
from come.shared import clock, obstacles


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


@pytest.fixture
def quote_id(scene):
    """Nine lines at 18,90 by clause 4.2; the tenth makes them all 16,90 by clause 4.3."""
    return scene.draft("Forfait\n" + "MOB-50\n" * 9).quote_id


def state(scene, quote_id):
    head = scene.head(quote_id)
    return scene.lines(quote_id), head.totals, head.revision


def refused(scene, quote_id, act):
    """Return what the act says it would change, having proven that nothing changed."""
    before = state(scene, quote_id)
    with pytest.raises(obstacles.Conflict) as conflict:
        act()
    assert state(scene, quote_id) == before
    assert {one.code for one in conflict.value.obstacles} == {consent.CODE}
    return conflict.value.obstacles


CHEAPER = "Illimité 50 Go, Prix ABO : 18,90 € (article 4.2) deviendrait 16,90 € (article 4.3) ; lignes concernées : 9."


def written(message):
    return message.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_quantity_that_changes_a_negotiated_price_asks_first(scene, quote_id):
    given = {"quote_id": quote_id, "table_text": "Forfait\nMOB-50\n", "actor": scene.world.alice, "at": fw.AT}
    (said,) = refused(scene, quote_id, lambda: commands.paste_lines(**given))
    assert written(said.message) == CHEAPER
    assert said.next_step == "Acceptez ce changement, ou renoncez à l’acte."
    answer = commands.paste_lines(**given, consented_changes=said.path)
    assert answer.added == 1
    assert scene.head(quote_id).totals.monthly == Decimal("169.00")


def test_a_consent_to_something_else_is_none(scene, quote_id):
    def paste(count, consented):
        return lambda: commands.paste_lines(
            quote_id=quote_id, table_text="Forfait\n" + "MOB-50\n" * count, actor=scene.world.alice, at=fw.AT, consented_changes=consented
        )

    (first,) = refused(scene, quote_id, paste(1, None))
    commands.remove_lines(
        quote_id=quote_id,
        selection=records.Selection((scene.lines(quote_id)[0].stable_id,)),
        actor=scene.world.bob,
        at=fw.AT,
    )
    (second,) = refused(scene, quote_id, paste(2, first.path))
    assert written(second.message).endswith("lignes concernées : 8.")
    assert paste(2, second.path)().added == 2


def test_taking_lines_away_or_changing_their_plan_asks_for_those_that_stay(scene):
    quote_id = scene.draft("Forfait\n" + "MOB-50\n" * 10).quote_id
    first = scene.lines(quote_id)[0].stable_id
    given = {"quote_id": quote_id, "actor": scene.world.alice, "at": fw.AT}
    acts = (
        lambda **more: commands.remove_lines(selection=records.Selection((first,)), **given, **more),
        lambda **more: commands.edit_lines(changes={first: {"plan": "MOB-5"}}, **given, **more),
        lambda **more: commands.edit_selection(selection=records.Selection((first,)), cells={"plan": "MOB-5"}, **given, **more),
    )
    expected = "Illimité 50 Go, Prix ABO : 16,90 € (article 4.3) deviendrait 18,90 € (article 4.2) ; lignes concernées : 9."
    replaced = (
        "Illimité 50 Go, Prix ABO : 16,90 € (article 4.3) laisserait la place à Éco 5 Go, 9,90 € (prix du catalogue) ; "
        "lignes concernées : 1."
    )
    for act, said in zip(acts, ([expected], [expected, replaced], [expected, replaced]), strict=True):
        assert [written(one.message) for one in refused(scene, quote_id, act)] == said
    said, _other = refused(scene, quote_id, acts[1])
    assert acts[1](consented_changes=said.path).touched == 1
    assert [line.monthly for line in scene.lines(quote_id)] == [Decimal("9.90")] + [Decimal("18.90")] * 9


def test_an_option_that_leaves_the_price_alone_asks_nothing(scene, quote_id):
    answer = commands.edit_selection(
        quote_id=quote_id, selection=records.Selection(), add_option="OPT-SEC", actor=scene.world.alice, at=fw.AT
    )
    assert answer.touched == 9


def test_a_plan_that_leaves_a_negotiated_price_for_a_list_price_asks_first(scene):
    quote_id = scene.draft("Forfait\nMOB-50\n").quote_id
    line = scene.lines(quote_id)[0].stable_id
    given = {"quote_id": quote_id, "changes": {line: {"plan": "MOB-5"}}, "actor": scene.world.alice, "at": fw.AT}
    (said,) = refused(scene, quote_id, lambda: commands.edit_lines(**given))
    assert written(said.message) == (
        "Illimité 50 Go, Prix ABO : 18,90 € (article 4.2) laisserait la place à Éco 5 Go, 9,90 € (prix du catalogue) ; "
        "lignes concernées : 1."
    )
    assert commands.edit_lines(**given, consented_changes=said.path).touched == 1
    assert scene.head(quote_id).totals.monthly == Decimal("9.90")


def test_undoing_gives_the_list_price_back_without_asking(scene):
    quote_id = scene.draft("Forfait\nMOB-5\n").quote_id
    line = scene.lines(quote_id)[0].stable_id
    commands.edit_lines(quote_id=quote_id, changes={line: {"plan": "MOB-50"}}, actor=scene.world.alice, at=fw.AT)
    assert commands.undo_edit(quote_id=quote_id, actor=scene.world.alice, at=fw.AT).label == "« Forfait » à la ligne 1"
    assert scene.head(quote_id).totals.monthly == Decimal("9.90")


def test_a_plan_at_a_list_price_is_replaced_without_asking(scene):
    quote_id = scene.draft("Forfait\nMOB-5\n").quote_id
    line = scene.lines(quote_id)[0].stable_id
    answer = commands.edit_lines(quote_id=quote_id, changes={line: {"plan": "MOB-50"}}, actor=scene.world.alice, at=fw.AT)
    assert answer.touched == 1


def test_another_negotiated_plan_is_a_choice():
    def main(amount, level, name):
        return consent.Price(Decimal(amount), level, "4.2" if level == "agreement" else "", name, "Abonnement", "recurring", is_main=True)

    before = {1: {("A", "ABO"): main("18.90", "agreement", "Illimité")}}
    negotiated = {("B", "ABO"): main("8.00", "agreement", "Éco")}
    listed = {("B", "ABO"): main("9.90", "list", "Éco")}
    once = {("B", "MES"): consent.Price(Decimal(10), "list", "", "Éco", "Mise en service", "one_off", is_main=True)}
    for prices, count in ((negotiated, 0), (listed, 1), (negotiated | {("B", "SUR"): main("1", "list", "Éco")}, 0), (once, 0)):
        assert len(consent.price_differences({(1, 2): 3}, before, {2: prices})) == count


def test_a_block_a_clone_and_an_undo_ask_too(scene, quote_id):
    given = {"quote_id": quote_id, "actor": scene.world.alice, "at": fw.AT}
    first, *_, last = (line.stable_id for line in scene.lines(quote_id))
    block = commands.Block(start=last, columns=["plan"], rows=[["MOB-50"], ["MOB-50"]])
    assert [written(one.message) for one in refused(scene, quote_id, lambda: commands.paste_block(block=block, **given))] == [CHEAPER]

    def clone(**more):
        return commands.clone_lines(selection=records.Selection((first,)), times=1, **given, **more)

    (said,) = refused(scene, quote_id, clone)
    clone(consented_changes=said.path)
    (said,) = refused(scene, quote_id, lambda: commands.undo_edit(**given))
    assert "16,90" in written(said.message).split("deviendrait")[0]
    assert commands.undo_edit(**given, consented_changes=said.path).label == "Copie d’une ligne"
    (said,) = refused(scene, quote_id, lambda: commands.redo_edit(**given))
    assert commands.redo_edit(**given, consented_changes=said.path).label == "Copie d’une ligne"
    assert scene.head(quote_id).totals.monthly == Decimal("169.00")


def test_the_page_asks_and_does_it_without_scripts(scene, browse, quote_id):
    client = browse(scene.world.alice)
    address = f"/devis/{scene.head(quote_id).reference}/coller/"
    answer = client.post(address, {"table": "Forfait\nMOB-50\n"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert CHEAPER in written(page)
    path = page.split('name="consented_changes" value="')[1].split('"')[0]
    assert len(scene.lines(quote_id)) == 9
    assert client.post(address, {"table": "Forfait\nMOB-50\n", "consented_changes": path}).status_code == 303
    assert len(scene.lines(quote_id)) == 10


def test_differences_are_those_of_negotiated_prices_that_stay_on_their_lines():
    agreed = consent.Price(Decimal("18.90"), "agreement", "4.2", "Illimité", "Abonnement")
    listed = consent.Price(Decimal(20), "list", "", "Illimité", "Abonnement")
    option = consent.Price(Decimal(2), "list", "", "Protection", "Abonnement")
    before = {1: {("A", "ABO"): agreed, ("O", "ABO"): option}, 2: {("B", "ABO"): agreed}}
    after = {1: {("A", "ABO"): listed, ("O", "ABO"): agreed}, 3: {("C", "ABO"): listed}}
    found = consent.price_differences({(1, 1): 4, (2, 3): 5, (2, 0): 1}, before, after)
    assert [(one.key, one.before, one.after, one.line_count) for one in found] == [(("A", "ABO"), agreed, listed, 4)]
    assert consent.price_differences({(1, 1): 4}, before, before) == ()
