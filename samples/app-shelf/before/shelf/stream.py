"""The live journal: lines are sent as they come."""

from Foundation import NSMutableURLRequest, NSURL

from .sessions import SHARED
from .settings import SERVER


class LiveJournal:
    def __init__(self):
        self._task = None

    def start(self):
        if self._task is None:
            request = NSMutableURLRequest.requestWithURL_(NSURL.URLWithString_(f"{SERVER}/live"))
            self._task = SHARED.transfers.uploadTaskWithStreamedRequest_(request)  # expect: background-upload-from-stream, stream-body-not-replayable
            self._task.resume()

    def stop(self):
        if (task := self._task) is not None:
            task.cancel()
            self._task = None
