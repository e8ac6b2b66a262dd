"""The fingerprint of an unforeseen error: the same for the same cause, whoever meets it, with nobody's data in it.

Made of the kinds of the errors that caused each other and of the functions of ours that they went through. No message,
no value, no line number: a message may quote a customer, and a line moves when a file is edited above it.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator

LENGTH = 16
_OURS = "come."
# Deeper than this, a recursion says nothing more.
_MOST_FRAMES = 60


def fingerprint(error: BaseException) -> str:
    """Return 16 hexadecimal digits for an error that was raised."""
    return hashlib.sha256("\n".join(_parts(error)).encode()).hexdigest()[:LENGTH]


def _parts(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"{type(current).__module__}.{type(current).__qualname__}"
        # What a database says by code is of the schema, not of a customer.
        diagnosis = getattr(current, "diag", None)
        yield from (str(told) for name in ("sqlstate", "constraint_name") if (told := getattr(diagnosis, name, None)))
        last = ""
        for frame, _ in list(traceback.walk_tb(current.__traceback__))[-_MOST_FRAMES:]:
            here = f"{frame.f_globals.get('__name__', '')}:{frame.f_code.co_qualname}" if _is_ours(frame.f_globals) else ""
            if here and here != last:
                yield here
                last = here
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _is_ours(names: dict[str, object]) -> bool:
    # The middlewares around every act say nothing of its cause.
    module = str(names.get("__name__", ""))
    return module.startswith(_OURS) and not module.endswith("middleware")
