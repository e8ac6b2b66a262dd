"""The WSGI application."""

import ctypes
import os
import signal
import sys

from django.core.wsgi import get_wsgi_application

_PR_SET_PDEATHSIG = 1

if sys.platform == "linux" and os.environ.get("COME_SUPERVISED") == "1":
    # A web worker whose server was killed outright would keep the port: it ends with its parent instead.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "come.project.settings")
application = get_wsgi_application()
