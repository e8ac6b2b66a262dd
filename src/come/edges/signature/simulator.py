"""An outside provider of signatures in miniature: the person signs at its address, and it then vouches for it.

Its ceremonies are files under `$COME_HOME/signatures/`; `sign` is what the person does there, `down` how it fails.
"""

from __future__ import annotations

import json
import pathlib
import uuid

from django.conf import settings

from come.quote import ports
from come.shared import text

LIFETIME_SECONDS = 24 * 3600
ADDRESS = "https://signature.example/ceremonies/{id}"


class SignatureSimulator:
    """Implements quote.ports.SignatureProvider."""

    name = "simulated-provider"

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self.folder = folder or settings.COME_HOME / "signatures"

    def begin(self, request: ports.SignatureRequest) -> ports.SignatureChallenge:
        """Say where the person signs."""
        return ports.SignatureChallenge("elsewhere", LIFETIME_SECONDS, address=ADDRESS.format(id=request.challenge_id))

    def prove(self, request: ports.SignatureRequest, challenge: ports.SignatureChallenge, answer: str) -> ports.SignatureProof | None:
        """Return the proof once the ceremony is signed, for this very document."""
        path = self._path(request.challenge_id)
        if not path.exists():
            return None
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["document_sha256"] != request.document_sha256:
            return None
        method = str(text.T("cérémonie chez un prestataire simulé"))
        return ports.SignatureProof(self.name, str(text.T("signature électronique avancée (simulée)")), method, kept["reference"])

    def sign(self, challenge_id: uuid.UUID, document_sha256: str) -> None:
        """Do what the person does at the provider's address."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {"document_sha256": document_sha256, "reference": f"SIM-{challenge_id.hex[:12].upper()}"}
        self._path(challenge_id).write_text(json.dumps(kept), encoding="utf-8")

    def _path(self, challenge_id: uuid.UUID) -> pathlib.Path:
        return self.folder / f"{challenge_id}.json"
