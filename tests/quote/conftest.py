"""What tests of quotes share."""

import pytest
from django import test
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore

from come.staff import models as staff_models
from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]


@pytest.fixture
def browse(settings):
    """Return a client that is signed in as somebody."""

    def opened(actor=None, **given):
        client = test.Client(**given)
        if actor is not None:
            person = staff_models.StaffMember.objects.get(id=actor.staff_id)
            session = SessionStore()
            session[auth.SESSION_KEY] = str(person.pk)
            session[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[auth.HASH_SESSION_KEY] = person.get_session_auth_hash()
            session.create()
            client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    return opened
