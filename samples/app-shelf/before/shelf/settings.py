"""Where the shelf gets things from, and where it puts them."""

from pathlib import Path

from rubicon.objc import ObjCClass

NSBundle = ObjCClass("NSBundle")
NSUserDefaults = ObjCClass("NSUserDefaults")

SERVER = "https://apps.example.org"
CACHE = Path.home() / "Library" / "Caches" / "Shelf"
SESSION_NAME = "org.example.shelf.transfers"


def preference(key, otherwise=None):
    """What the user, or an administrator, has set."""
    value = NSUserDefaults.standardUserDefaults.objectForKey(key)
    return otherwise if value is None else value


def version():
    return NSBundle.mainBundle.objectForInfoDictionaryKey("CFBundleShortVersionString") or "1.0"
