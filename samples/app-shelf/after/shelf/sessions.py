"""The sessions of the app: one for transfers that outlive it, one for small talk."""

from rubicon.objc import ObjCClass

from .downloads import DownloadDelegate
from .journal import StreamDelegate
from .settings import SESSION_NAME, preference

NSURLSession = ObjCClass("NSURLSession")
Configuration = ObjCClass("NSURLSessionConfiguration")


def transfer_configuration():
    configuration = Configuration.backgroundSessionConfigurationWithIdentifier(SESSION_NAME)
    configuration.discretionary = preference("discretionary", False)
    configuration.allowsCellularAccess = False
    return configuration


class Sessions:
    """Made once, when the app starts."""

    def __init__(self):
        self.delegate = DownloadDelegate.alloc().init()
        self.transfers = NSURLSession.sessionWithConfiguration(
            transfer_configuration(), delegate=self.delegate, delegateQueue=None
        )
        self.talk = NSURLSession.sessionWithConfiguration(
            Configuration.ephemeralSessionConfiguration, delegate=StreamDelegate.alloc().init(), delegateQueue=None
        )

    def close(self):
        self.talk.finishTasksAndInvalidate()


SHARED = Sessions()
