"""Lets the tests of this folder use the modules beside it in ``tests``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
