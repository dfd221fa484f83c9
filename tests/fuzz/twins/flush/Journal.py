from rubicon.objc import NSObject, ObjCClass, objc_method

from .closer import Closer

UIApplication = ObjCClass("UIApplication")


class Journal(NSObject):
    @objc_method
    def save_(self, entries):
        task = UIApplication.sharedApplication.beginBackgroundTaskWithName("save", expirationHandler=None)
        self.write_(entries)
        Closer.finish_(task)

    @objc_method
    def saveSome_(self, entries):
        task = UIApplication.sharedApplication.beginBackgroundTaskWithName("some", expirationHandler=None)  # expect: background-task-not-ended-on-path
        if not entries:
            return
        self.write_(entries)
        Closer.finish_(task)

    @objc_method
    def forget_(self, entries):
        task = UIApplication.sharedApplication.beginBackgroundTaskWithName("forget", expirationHandler=None)  # expect: background-task-never-ended
        self.write_(entries)
        Closer.note_(task)

    @objc_method
    def write_(self, entries):
        print(entries)
