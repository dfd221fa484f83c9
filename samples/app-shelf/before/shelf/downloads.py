"""What becomes of downloads."""

import objc
from Foundation import NSObject

from .journal import note


class DownloadDelegate(NSObject):
    def init(self):
        self = objc.super(DownloadDelegate, self).init()
        if self is None:
            return None
        self.last = None
        return self

    def URLSession_downloadTask_didFinishDownloadingToURL_(self, session, task, location):
        status = task.response().statusCode()
        if status != 200:
            note(f"{task.taskDescription()}: {status}")
            return
        self.last = location  # expect: download-file-not-moved

    def URLSession_task_didCompleteWithError_(self, session, task, error):
        if error is not None:
            note(error.localizedDescription())
