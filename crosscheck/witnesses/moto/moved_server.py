"""moto_server whose time is moved by the seconds in the file HOLDFAST_MOVED_CLOCK, which may change while it runs."""

import os
import pathlib
import time
from datetime import timedelta

import moto.core.utils

clock = pathlib.Path(os.environ["HOLDFAST_MOVED_CLOCK"])
utcnow = moto.core.utils.utcnow


def seconds() -> float:
    return float(clock.read_text() or 0)


# Before the services are imported, which take the function by its name.
moto.core.utils.utcnow = lambda: utcnow() + timedelta(seconds=seconds())

from moto import server  # noqa: E402

told = server.MotoRequestHandler.date_time_string
server.MotoRequestHandler.date_time_string = lambda self, timestamp=None: told(
    self, timestamp or time.time() + seconds()
)
server.main()
