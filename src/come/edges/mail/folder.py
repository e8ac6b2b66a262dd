"""Write letters as files named by their idempotency key: the file is there, or it is not."""

from __future__ import annotations

import datetime as dt
import pathlib
import uuid
from collections.abc import Sequence
from email import message, policy

from django.conf import settings

from come.order import ports
from come.shared import formatting, text
from come.staff import queries as staff_queries

SENDER = "COME <ne-pas-repondre@novaline.example>"
_WORDS = {
    "install": text.noop("{count} lignes de la commande {order} sont actives"),
    "suspend": text.noop("{count} lignes de la commande {order} sont suspendues"),
    "resume": text.noop("{count} lignes de la commande {order} sont de nouveau actives"),
    "terminate": text.noop("{count} lignes de la commande {order} sont résiliées"),
    "modify": text.noop("{count} lignes de la commande {order} sont modifiées"),
}


class MailFolder:
    """Notices to the staff, under `$COME_HOME/mail/`; implements order.ports.Notices."""

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self.folder = folder or settings.COME_HOME / "mail"

    def execute(self, commands: Sequence[ports.Command]) -> list[ports.Answer]:
        """Write each letter once, whole or not at all; raises SystemUnavailable when the folder cannot be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for command in commands:
                self._write(command)
        except OSError as error:
            raise ports.SystemUnavailable(str(error)) from error
        return [ports.Answer(command.key, is_accepted=True) for command in commands]

    def observe(self, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, ports.Effect]:
        """Return the letters that are written, since when."""
        found = {}
        for key in keys:
            path = self._path(key)
            if path.exists():
                written_at = dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC)
                found[key] = ports.Effect(key, written_at, {"file": path.name})
        return found

    def _path(self, key: uuid.UUID) -> pathlib.Path:
        return self.folder / f"{key}.eml"

    def _write(self, command: ports.Command) -> None:
        path = self._path(command.key)
        if path.exists():
            return
        temporary = path.with_suffix(".part")
        temporary.write_bytes(_letter(command).as_bytes())
        temporary.replace(path)


def _letter(command: ports.Command) -> message.EmailMessage:
    payload = command.payload
    letter = message.EmailMessage(policy=policy.SMTP)
    letter["From"] = SENDER
    letter["To"] = _recipient(payload["staff_id"], payload["staff_name"])
    letter["Message-ID"] = f"<{command.key}@novaline.example>"
    letter["Subject"] = text.T(_WORDS[payload["operation"]], count=payload["line_count"], order=payload["order"])
    lines = "\n".join(f"  {formatting.msisdn(msisdn)}  {label}" for label, msisdn in payload["lines"])
    rest = payload["line_count"] - len(payload["lines"])
    more = text.T("\n… et {rest} autres lignes.", rest=rest) if rest > 0 else ""
    letter.set_content(
        text.T(
            "Bonjour,\n\n{subject} (sur {total}).\n\n{lines}{more}\n\nLe détail est sur la page de la commande {order}.\n",
            subject=str(letter["Subject"]),
            total=payload["order_line_count"],
            lines=lines,
            more=more,
            order=payload["order"],
        ),
    )
    return letter


def _recipient(staff_id: str, name: str) -> str:
    """Return the address of a person of the staff; the operator's general box when there is none."""
    if staff_id:
        address = staff_queries.staff_emails(ids=[uuid.UUID(staff_id)]).get(uuid.UUID(staff_id), "")
        if address:
            return f'"{name}" <{address}>'
    return "Ventes <ventes@novaline.example>"
