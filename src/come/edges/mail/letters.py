"""Letters to customers as files named by their key, beside the notices to the staff."""

from __future__ import annotations

import pathlib
from email import message, parser, policy

from django.conf import settings

from come.edges.mail import folder
from come.quote import ports


class LetterFolder:
    """Letters under `$COME_HOME/mail/`; implements quote.ports.Mail."""

    def __init__(self, place: pathlib.Path | None = None) -> None:
        self.folder = place or settings.COME_HOME / "mail"

    def post(self, letter: ports.Letter) -> None:
        """Write the letter once, whole or not at all; raises MailUnavailable when the folder cannot be written."""
        path = self.folder / f"{letter.key}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if path.exists():
                return
            temporary = path.with_suffix(".part")
            temporary.write_bytes(_written(letter).as_bytes())
            temporary.replace(path)
        except OSError as error:
            raise ports.MailUnavailable(str(error)) from error

    def last_to(self, recipient: str) -> str:
        """Return what the last letter to an address says, as who reads that mailbox would see it; raises LookupError."""
        for path in sorted(self.folder.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns, reverse=True):
            found = parser.BytesParser(policy=policy.SMTP).parsebytes(path.read_bytes())
            if found["To"] == recipient:
                return str(found.get_content())
        msg = f"no letter to {recipient}"
        raise LookupError(msg)


def _written(letter: ports.Letter) -> message.EmailMessage:
    made = message.EmailMessage(policy=policy.SMTP)
    made["From"] = folder.SENDER
    made["To"] = letter.recipient
    made["Message-ID"] = f"<{letter.key}@novaline.example>"
    made["Subject"] = " ".join(letter.subject.split())
    made.set_content(letter.body)
    return made
