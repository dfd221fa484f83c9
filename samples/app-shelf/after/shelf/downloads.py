"""What becomes of downloads."""

import os
import shutil

import objc
from Foundation import NSObject

from .journal import note
from .settings import CACHE


class DownloadDelegate(NSObject):
    def init(self):
        self = objc.super(DownloadDelegate, self).init()
        if self is None:
            return None
        self.arrived = {}
        return self

    @objc.python_method
    def when_arrived(self, name, action):
        """``action`` is called with the path of the file of that name, on a queue of the session."""
        self.arrived[name] = action

    def URLSession_downloadTask_didFinishDownloadingToURL_(self, session, task, location):
        status = task.response().statusCode()
        if status != 200:
            note(f"{task.taskDescription()}: {status}")
            return
        path = os.path.join(CACHE, task.taskDescription())
        shutil.move(location.path(), path)
        action = self.arrived.pop(task.taskDescription(), None)
        if action is not None:
            action(path)

    def URLSession_task_didCompleteWithError_(self, session, task, error):
        if error is not None:
            note(error.localizedDescription())
