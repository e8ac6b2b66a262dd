"""Two people at the same second: one outcome, and nobody's lines are lost."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connection

import fleet_world as fw
from come.quote import commands, models, records
from come.shared import obstacles

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run the acts at the same instant, each on its own connection, and return what each gave or raised."""
    start = threading.Barrier(len(acts))
    outcomes = [None] * len(acts)

    def run(place, act):
        start.wait()
        try:
            outcomes[place] = act()
        except obstacles.Refusal as refused:
            outcomes[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_pastes_at_once_keep_both_tables_and_every_position(scene):
    created = scene.draft("Forfait\nMOB-50\n")
    table = "Forfait\n" + "MOB-5\n" * 50
    together(*(lambda: scene.paste(created.quote_id, table) for _ in range(3)))
    assert scene.head(created.quote_id).line_count == 151
    assert [line.position for line in scene.lines(created.quote_id)] == list(range(1, 152))
    assert {row.quantity for row in models.QuotePattern.objects.filter(quote_id=created.quote_id)} == {1, 150}


def test_one_request_sent_twice_at_once_pastes_once(scene):
    created = scene.draft()
    actor = scene.world.alice.with_request("double-click")

    def paste():
        return commands.paste_lines(quote_id=created.quote_id, table_text="Forfait\nMOB-5\n", actor=actor, at=fw.AT)

    first, second = together(paste, paste)
    assert first == second
    assert scene.head(created.quote_id).line_count == 1


def test_two_sendings_at_once_make_one_document(scene):
    created = scene.draft("Forfait\nMOB-50\n")
    first, second = together(lambda: scene.send(created.quote_id), lambda: scene.send(created.quote_id))
    assert first == second
    assert models.QuoteDocument.objects.filter(kind="quote").count() == 1


def test_customer_and_seller_accept_at_once_and_one_does(scene):
    sent = scene.sent()
    paul = records.Signatory("Paul Roux", email="paul@client.example")
    commands.open_challenge(token=sent.token, identity=paul, at=fw.AT)
    code = re.search(r"\d{6}", models.QuoteLetter.objects.get().body_fr)[0]
    outcomes = together(
        lambda: commands.accept_quote(quote_id=sent.quote_id, identity="Anne Durand", actor=scene.world.alice, at=fw.AT),
        lambda: commands.accept_online(
            token=sent.token,
            identity=paul,
            code=code,
            has_agreed=True,
            document_sha256=sent.document_sha256,
            evidence={},
            at=fw.AT,
        ),
    )
    assert sorted(isinstance(one, obstacles.Conflict) for one in outcomes) == [False, True]
    assert models.QuoteAcceptance.objects.count() == 1


def test_a_paste_and_a_sending_at_once_never_change_what_was_sent(scene):
    created = scene.draft("Forfait\nMOB-50\n")
    together(lambda: scene.send(created.quote_id), lambda: scene.paste(created.quote_id, "Forfait\nMOB-5\n"))
    head = scene.head(created.quote_id)
    assert head.state == "approved"
    assert head.line_count == len(scene.lines(created.quote_id)) == models.QuotePattern.objects.filter(quote_id=head.id).count()
