"""For all tests: properties are not tested against the clock, and a matcher's mistake is an error.

The one says more of the machine than of the code; without the other, examples that are to stay silent
would pass when nothing is asked.
"""

import os

from hypothesis import settings

os.environ["BACKHAUL_TRACEBACK"] = "1"

settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")
