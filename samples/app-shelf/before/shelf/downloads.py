"""What becomes of downloads."""

from rubicon.objc import NSObject, objc_method, send_super

from .journal import note


class DownloadDelegate(NSObject):
    @objc_method
    def init(self):
        self = send_super(__class__, self, "init")
        if self is None:
            return None
        self.last = None
        return self

    @objc_method
    def URLSession_downloadTask_didFinishDownloadingToURL_(self, session, task, location):
        status = task.response.statusCode
        if status != 200:
            note(f"{task.taskDescription}: {status}")
            return
        self.last = location  # expect: download-file-not-moved

    @objc_method
    def URLSession_task_didCompleteWithError_(self, session, task, error):
        if error is not None:
            note(error.localizedDescription)
