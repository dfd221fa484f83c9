from rubicon.objc import Block, NSObject, objc_method

from .transport import Transport


class AppDelegate(NSObject):
    @objc_method
    def application_handleEventsForBackgroundURLSession_completionHandler_(self, application, identifier, handler):
        Transport.shared().finished = handler
        Transport.shared().session.getAllTasksWithCompletionHandler(Block(lambda tasks: print(len(tasks))))
