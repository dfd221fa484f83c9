"""No property is tested against the clock: that says more of the machine than of the code."""

from hypothesis import settings

settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")
