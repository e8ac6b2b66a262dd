"""Two acts at once, each on its own connection, that meet where a test wants them to."""

from __future__ import annotations

import contextlib
import threading
from concurrent import futures

from django.db import connection

NO_WAIT_FOR_EVER = 3


def together(*acts):
    """Run acts at once, each on its own connection; return what each gave or raised."""

    def run(act):
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - the test looks at what was raised
            return error
        finally:
            connection.close()

    with futures.ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=20) for future in [pool.submit(run, act) for act in acts]]


class Meeting:
    """A point that both acts try to reach before either goes on; a lock keeps the second away, and then the first goes on alone."""

    def __init__(self):
        self.barrier = threading.Barrier(2)

    def wait(self):
        with contextlib.suppress(threading.BrokenBarrierError):
            self.barrier.wait(timeout=NO_WAIT_FOR_EVER / 4)
