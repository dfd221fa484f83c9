"""Reading property lists of any form: XML, binary, old-style."""

from __future__ import annotations

from backhaul.sources.old_style_plist import read_old_style

_LARGEST = 32_000_000


class BadPropertyListError(Exception):
    """A file that is no property list, or a damaged one. Its text says how, for people."""


def read_property_list(data: bytes) -> dict[str, object]:
    """The dictionary that a property list holds.

    Raises BadPropertyListError for anything else.
    """
    if len(data) > _LARGEST:
        raise BadPropertyListError(f"larger than {_LARGEST // 1_000_000} MB")
    if not data.startswith((b"bplist", b"\xff\xfe", b"\xfe\xff")) and not _looks_like_xml(data):
        values = read_old_style(data.decode("utf-8", "replace"))
        if not values:
            raise BadPropertyListError("not a property list")
        return dict(values)
    import plistlib  # and with it the XML parser: only where there is something to parse

    try:
        found = plistlib.loads(data)
    except AttributeError:  # what it says of a date that is none speaks of its own insides
        raise BadPropertyListError("damaged property list (a value that cannot be read)") from None
    except Exception as error:  # plistlib lets through whatever its parts raise: ten kinds at least
        raise BadPropertyListError(f"damaged property list ({str(error) or type(error).__name__})") from None
    if not isinstance(found, dict):
        raise BadPropertyListError("a property list without a dictionary")
    return {str(key): value for key, value in found.items()}


def _looks_like_xml(data: bytes) -> bool:
    return data[:200].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
