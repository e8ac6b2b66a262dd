"""Who vouches for a signature: our own code by e-mail, and an outside provider behind the same port."""

from __future__ import annotations

import dataclasses
import re

import pytest

from come.edges.mail import letters
from come.edges.signature import built_in, simulator
from come.quote import ports
from come.shared import ids

REQUEST = ports.SignatureRequest(ids.derived("test.challenge"), "DEV-2026-000001", 1, "ab" * 32, "Anne Durand", "anne@client.example")


def test_our_own_code_is_in_the_letter_and_nowhere_else():
    provider = built_in.BuiltInSignature()
    asked = provider.begin(REQUEST)
    code = re.search(r"\b\d{6}\b", asked.letter_body)[0]
    assert (asked.kind, asked.lifetime_seconds) == ("code", 900)
    assert code not in asked.digest
    proof = provider.prove(REQUEST, asked, f" {code[:3]} {code[3:]}")
    assert (proof.provider, proof.level_fr) == ("come", "signature électronique simple")
    other = "0" * 6 if code != "0" * 6 else "1" * 6
    assert provider.prove(REQUEST, asked, other) is None
    assert provider.prove(dataclasses.replace(REQUEST, document_sha256="cd" * 32), asked, code) is None
    assert provider.prove(dataclasses.replace(REQUEST, email="paul@client.example"), asked, code) is None


def test_the_provider_outside_vouches_once_the_person_signed_this_document(tmp_path):
    provider = simulator.SignatureSimulator(tmp_path)
    asked = provider.begin(REQUEST)
    assert (asked.kind, asked.letter_body, str(REQUEST.challenge_id) in asked.address) == ("elsewhere", "", True)
    assert provider.prove(REQUEST, asked, "") is None
    provider.sign(REQUEST.challenge_id, "cd" * 32)
    assert provider.prove(REQUEST, asked, "") is None
    provider.sign(REQUEST.challenge_id, REQUEST.document_sha256)
    assert provider.prove(REQUEST, asked, "").provider == "simulated-provider"


def test_a_letter_is_written_once_and_found_by_its_address(tmp_path):
    mailbox = letters.LetterFolder(tmp_path)
    letter = ports.Letter(ids.derived("test.letter"), "anne@client.example", "Votre\ndevis", "Bonjour,\nvoici.\n")
    mailbox.post(letter)
    mailbox.post(dataclasses.replace(letter, body="Autre"))
    assert mailbox.last_to("anne@client.example").replace("\r", "") == "Bonjour,\nvoici.\n"
    with pytest.raises(LookupError):
        mailbox.last_to("paul@client.example")


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(ports.MailUnavailable):
        letters.LetterFolder(blocked / "mail").post(ports.Letter(ids.derived("x"), "a@b.example", "S", "B"))
