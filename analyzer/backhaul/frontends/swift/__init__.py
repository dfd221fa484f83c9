"""The Swift front end: source text to program model."""

from backhaul.frontends.swift.reading import read

__all__ = ["read"]
