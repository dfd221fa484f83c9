"""The live journal: lines are sent as they come."""

from rubicon.objc import ObjCClass

from .sessions import SHARED
from .settings import SERVER

NSMutableURLRequest = ObjCClass("NSMutableURLRequest")
NSURL = ObjCClass("NSURL")


class LiveJournal:
    def __init__(self):
        self._task = None

    def start(self):
        if self._task is None:
            request = NSMutableURLRequest.requestWithURL(NSURL.URLWithString(f"{SERVER}/live"))
            self._task = SHARED.transfers.uploadTaskWithStreamedRequest(request)  # expect: background-upload-from-stream, stream-body-not-replayable
            self._task.resume()

    def stop(self):
        if (task := self._task) is not None:
            task.cancel()
            self._task = None
