from rubicon.objc import NSObject, ObjCClass, objc_method

UIApplication = ObjCClass("UIApplication")


class SoundPythonNeighbour(NSObject):
    @objc_method
    def neighbourWork(self):
        application = UIApplication.sharedApplication
        application.beginBackgroundTaskWithName("n", expirationHandler=lambda: None)  # expect: background-task-never-ended
