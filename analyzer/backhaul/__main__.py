"""``backhaul`` and ``python -m backhaul``: the command line as a process of its own."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn


def run() -> NoReturn:
    """Runs the command line and ends the process with its exit code.

    A scan makes hundreds of thousands of objects that live until its end: neither looking for garbage among
    them nor, at the end, taking them down one by one is of any use, and both take as long as a small scan.
    """
    gc.disable()
    from backhaul.cli import main

    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed by whoever read it, or never there
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
