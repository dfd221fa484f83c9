"""Where the shelf gets things from, and where it puts them."""

from Foundation import NSBundle, NSUserDefaults

SERVER = "https://apps.example.org"
CACHE = "/Library/Application Support/Shelf"
SESSION_NAME = "org.example.shelf.transfers"


def managed(key, otherwise=None):
    """A preference that an administrator may have set."""
    value = NSUserDefaults.standardUserDefaults().objectForKey_(key)
    return otherwise if value is None else value


def version():
    return NSBundle.mainBundle().objectForInfoDictionaryKey_("CFBundleShortVersionString") or "1.0"
