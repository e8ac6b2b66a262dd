"""A letter is a file named by its key: there once, or not there."""

from __future__ import annotations

import email
from email import policy

import pytest

import fleet_world as fw
from come.edges.mail import folder
from come.order import ports
from come.shared import ids


@pytest.fixture
def command(db):
    world = fw.build()
    payload = {
        "staff_id": str(world.alice.staff_id),
        "staff_name": world.alice.name,
        "order": "CMD-2026-000001",
        "operation": "install",
        "line_count": 60,
        "order_line_count": 62,
        "lines": [["Élodie", "+33639980001"]] * 50,
    }
    return ports.Command(ids.derived("test.letter"), "send_notice", "CMD-2026-000001", payload)


def test_a_letter_is_written_once_and_observed(command, tmp_path):
    mail = folder.MailFolder(tmp_path / "mail")
    assert mail.observe([command.key]) == {}
    assert [answer.is_accepted for answer in mail.execute([command, command])] == [True, True]
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == f"{command.key}.eml"
    assert list(mail.observe([command.key])) == [command.key]
    letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert letter["To"] == "Alice Martin <alice@novaline.example>"
    assert letter["Subject"] == "60 lignes de la commande CMD-2026-000001 sont actives"
    body = letter.get_content()
    assert "Élodie" in body
    assert "… et 10 autres lignes." in body


def test_a_folder_that_cannot_be_written_is_an_unavailable_system(command, tmp_path):
    (tmp_path / "mail").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(ports.SystemUnavailable):
        folder.MailFolder(tmp_path / "mail").execute([command])
