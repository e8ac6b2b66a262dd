"""French words to terms, and the ranking on files."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import labelled_reports
from come.project import cli
from come.ticket.matching import bm25, words


@pytest.mark.parametrize("pair", [("bloquée", "bloque"), ("résilié", "resilie"), ("problème", "probleme"), ("activées", "activer")])
def test_accents_endings_and_their_absence_give_one_stem(pair):
    assert words.stem(pair[0]) == words.stem(pair[1])


def test_elisions_stop_words_references_and_addresses_say_nothing():
    said = "L’écran qu’on m’affiche pour CMD-2026-000123 à zoe@exemple.fr au 0612345678 en 2026"
    assert words.stems(said) == ["ecran", "affich"]
    assert words.stems("Aujourd’hui, bonjour, merci") == []
    assert words.stems("erreur 502 au 12") == ["erreur", "502"]


def test_jargon_gives_one_meaning_to_several_words_in_a_row_too():
    def shared(one: str, other: str) -> set[str]:
        return {term for term in words.terms(one).keys() & words.terms(other).keys() if term[0] == words.MEANING}

    assert shared("la puce", "carte SIM")
    assert shared("mon mdp", "le mot de passe")
    assert not shared("la facture", "le colis")


def test_a_mistyped_word_is_read_as_the_nearest_known_one():
    index = bm25.Index([("1", "Portabilité refusée", ""), ("2", "Facture fausse", "")])
    assert [found for found, _ in index.rank("portabilitté")] == ["1"]
    assert index.rank("zzzzzz") == []
    assert index.rank("") == []


def test_paraphrases_find_their_ticket():
    index = bm25.Index(labelled_reports.tickets())
    found = labelled_reports.figures([[one for one, _ in index.rank(text)] for text, _ in labelled_reports.queries()])
    assert found["recall@5"] >= 0.95
    assert found["recall@1"] >= 0.80
    assert found["mrr"] >= 0.87


def _files(tmp_path, docs):
    path = tmp_path / "docs.jsonl"
    path.write_text("\n".join(docs), encoding="utf-8")
    return str(path)


DOCS = [json.dumps(one) for one in ({"id": 7, "title": "Portabilité refusée", "text": "RIO"}, {"id": "b", "title": "Facture", "text": ""})]


def test_the_tool_ranks_the_tickets_of_a_file(tmp_path):
    docs = _files(tmp_path, DOCS)
    done = CliRunner().invoke(cli.main_group, ["ticket", "similar", "--docs", docs, "--query", "rio refusé", "--json"])
    assert [result["id"] for result in json.loads(done.output)["results"]] == [7]
    batch = tmp_path / "queries.jsonl"
    batch.write_text('{"id": "q1", "query": "facture"}\n{"id": "q2", "query": "portage"}\n', encoding="utf-8")
    done = CliRunner().invoke(cli.main_group, ["ticket", "similar", "--docs", docs, "--queries", str(batch), "--json"])
    assert [(one["id"], [result["id"] for result in one["results"]]) for one in json.loads(done.output)] == [("q1", ["b"]), ("q2", [7])]


def test_a_bad_line_is_named(tmp_path):
    docs = _files(tmp_path, [*DOCS, "{not json"])
    done = CliRunner().invoke(cli.main_group, ["ticket", "similar", "--docs", docs, "--query", "x"])
    assert done.exit_code == 1
    assert "docs.jsonl:3" in done.output
    done = CliRunner().invoke(cli.main_group, ["ticket", "similar", "--docs", docs])
    assert done.exit_code == 2
