"""What becomes of downloads."""

import shutil

from rubicon.objc import NSObject, ObjCClass, objc_method, send_super

from .journal import note
from .settings import CACHE

NSOperationQueue = ObjCClass("NSOperationQueue")


class DownloadDelegate(NSObject):
    @objc_method
    def init(self):
        self = send_super(__class__, self, "init")
        if self is None:
            return None
        self.arrived = {}
        self.finished = None
        return self

    def when_arrived(self, name, action):
        """``action`` is called with the path of the file of that name, on a queue of the session."""
        self.arrived[name] = action

    @objc_method
    def URLSession_downloadTask_didFinishDownloadingToURL_(self, session, task, location):
        status = task.response.statusCode
        if status != 200:
            note(f"{task.taskDescription}: {status}")
            return
        path = CACHE / str(task.taskDescription)
        shutil.move(str(location.path), path)
        action = self.arrived.pop(str(task.taskDescription), None)
        if action is not None:
            action(path)

    @objc_method
    def URLSession_task_didCompleteWithError_(self, session, task, error):
        if error is not None:
            note(error.localizedDescription)

    @objc_method
    def URLSessionDidFinishEventsForBackgroundURLSession_(self, session):
        def call():
            if self.finished is not None:
                self.finished()
            self.finished = None

        NSOperationQueue.mainQueue.addOperationWithBlock(call)
