"""The sessions of the program: one for transfers that outlive it, one for small talk."""

from Foundation import NSURLSession, NSURLSessionConfiguration

from .downloads import DownloadDelegate
from .journal import StreamDelegate
from .settings import SESSION_NAME, managed


def transfer_configuration():
    configuration = NSURLSessionConfiguration.backgroundSessionConfigurationWithIdentifier_(SESSION_NAME)
    configuration.setDiscretionary_(managed("discretionary", False))
    configuration.setAllowsCellularAccess_(False)
    return configuration


class Sessions:
    """Made once, when the agent starts."""

    def __init__(self):
        self.delegate = DownloadDelegate.alloc().init()
        self.transfers = NSURLSession.sessionWithConfiguration_delegate_delegateQueue_(
            transfer_configuration(), self.delegate, None
        )
        self.talk = NSURLSession.sessionWithConfiguration_delegate_delegateQueue_(
            NSURLSessionConfiguration.ephemeralSessionConfiguration(), StreamDelegate.alloc().init(), None
        )

    def close(self):
        self.talk.finishTasksAndInvalidate()


SHARED = Sessions()
