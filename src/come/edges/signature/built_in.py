"""Our own simple electronic signature: a one-time code by e-mail, beside the name, the instant and the document's fingerprint.

A simple signature in the sense of eIDAS (EU 910/2014, article 3, 10): it proves that somebody who reads that mailbox accepted this
document, and no more; an advanced or qualified one needs another provider behind the same port.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

from come.quote import ports
from come.shared import text

DIGITS = 6
LIFETIME_SECONDS = 15 * 60


class BuiltInSignature:
    """Implements quote.ports.SignatureProvider."""

    name = "come"

    def begin(self, request: ports.SignatureRequest) -> ports.SignatureChallenge:
        """Draw a code, keep its keyed fingerprint, and write the letter that brings it."""
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        return ports.SignatureChallenge(
            kind="code",
            lifetime_seconds=LIFETIME_SECONDS,
            digest=_digest(request, code),
            letter_subject=str(text.T("Votre code pour accepter le devis {reference}", reference=request.reference)),
            letter_body=str(
                text.T(
                    "Bonjour {name},\n\nVotre code est : {code}\n\nIl vaut quinze minutes et sert à accepter le devis {reference}, version"
                    " {version}.\nEmpreinte du document : {sha}\n\nVous n’avez rien demandé ? Ne transmettez ce code à personne.\n",
                    name=request.name,
                    code=code,
                    reference=request.reference,
                    version=request.version,
                    sha=request.document_sha256,
                )
            ),
        )

    def prove(self, request: ports.SignatureRequest, challenge: ports.SignatureChallenge, answer: str) -> ports.SignatureProof | None:
        """Recognise the code, however it is spaced."""
        code = "".join(letter for letter in answer if letter.isdigit())
        if not hmac.compare_digest(_digest(request, code), challenge.digest):
            return None
        method = text.T("code à usage unique reçu à {email}", email=request.email)
        return ports.SignatureProof(self.name, str(text.T("signature électronique simple")), str(method), str(request.challenge_id))


def _digest(request: ports.SignatureRequest, code: str) -> str:
    said = f"{request.challenge_id}:{request.document_sha256}:{request.email}:{code}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()
