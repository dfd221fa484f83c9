"""Paths in formats that know nothing but Unicode."""

from __future__ import annotations

import os
import re


def utf8_path(path: str) -> str:
    """``path`` with the bytes of its name that are not UTF-8 percent-encoded."""
    return re.sub("[\udc80-\udcff]", lambda match: f"%{os.fsencode(match[0])[0]:02X}", path)
