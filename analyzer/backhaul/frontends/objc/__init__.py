"""Objective-C (.m, .mm, .h): text to program model."""

from backhaul.frontends.objc.reading import read

__all__ = ["read"]
