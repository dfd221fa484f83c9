"""Backhaul: a static analyzer for the networking code of Apple apps."""

__version__ = "0.1.0"
