"""Where the browser of the tests and screenshots is.

Standard library only: the set-up uses this module before anything is installed.
"""

from __future__ import annotations

import os
import pathlib
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def executable() -> pathlib.Path | None:
    """Return the Chromium or Chrome of COME_CHROMIUM, else the first one on the PATH, else None."""
    given = os.environ.get("COME_CHROMIUM", "")
    if given:
        path = pathlib.Path(given)
        return path if path.is_file() and os.access(path, os.X_OK) else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return pathlib.Path(found)
    return None
