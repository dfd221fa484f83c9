from rubicon.objc import NSObject, ObjCClass, objc_classmethod

UIApplication = ObjCClass("UIApplication")


class Closer(NSObject):
    @objc_classmethod
    def finish_(cls, task):
        UIApplication.sharedApplication.endBackgroundTask(task)

    @objc_classmethod
    def note_(cls, task):
        print("running %d" % task)
