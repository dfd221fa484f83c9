"""Python (.py) that speaks Objective-C through PyObjC, Rubicon or Pyobjus: text to program model."""

from backhaul.frontends.python.reading import read

__all__ = ["read"]
