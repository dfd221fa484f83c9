"""``python -m backhaul``."""

import sys

from backhaul.cli import main

sys.exit(main())
