"""What the screens of billing share in tests."""

from __future__ import annotations

import pytest
from django.test import Client

from come.shared import actor as actors
from come.staff import middleware


@pytest.fixture
def browse(monkeypatch):
    """Return a client that acts as a person, without the sign-in page."""

    def client(person: actors.Actor) -> Client:
        made = Client(raise_request_exception=False)

        def process(self, request):
            request.actor = person
            return self.get_response(request)

        monkeypatch.setattr(middleware.ActorMiddleware, "__call__", process)
        return made

    return client
