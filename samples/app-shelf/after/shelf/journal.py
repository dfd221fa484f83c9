"""A journal of what happened."""

from rubicon.objc import NSObject, ObjCClass, objc_method

NSInputStream = ObjCClass("NSInputStream")


def note(text):
    print(text)


class StreamDelegate(NSObject):
    @objc_method
    def URLSession_task_needNewBodyStream_(self, session, task, handler):
        handler(NSInputStream.inputStreamWithFileAtPath("/var/log/shelf.log"))
