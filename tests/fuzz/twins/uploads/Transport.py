import objc
from Foundation import NSObject, NSOperationQueue, NSURLSession

from .settings import Settings

_shared = None


class Transport(NSObject):
    @classmethod
    def shared(cls):
        global _shared
        if _shared is None:
            _shared = Transport.alloc().init()
        return _shared

    def init(self):
        self = objc.super(Transport, self).init()
        if self is not None:
            configuration = Settings.wireForName_("org.example.twins")
            self.session = NSURLSession.sessionWithConfiguration_delegate_delegateQueue_(configuration, self, None)
            self.finished = None
        return self

    def URLSessionDidFinishEventsForBackgroundURLSession_(self, session):
        def call():
            if self.finished:
                self.finished()
            self.finished = None

        NSOperationQueue.mainQueue().addOperationWithBlock_(call)
