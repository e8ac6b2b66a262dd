"""News of incidents to the staff, in the same folder as every letter."""

from __future__ import annotations

from come.edges.mail import letters
from come.quote import ports as quote_ports
from come.ticket import ports


class NoticeFolder:
    """Letters under `$COME_HOME/mail/`; implements ticket.ports.Mail."""

    def __init__(self) -> None:
        self._letters = letters.LetterFolder()

    def post(self, letter: ports.Letter) -> None:
        """Write the letter once, whole or not at all; raises MailUnavailable when the folder cannot be written."""
        try:
            self._letters.post(quote_ports.Letter(letter.key, letter.recipient, letter.subject, letter.body))
        except quote_ports.MailUnavailable as error:
            raise ports.MailUnavailable(str(error)) from error
