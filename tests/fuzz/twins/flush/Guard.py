from rubicon.objc import NSObject, ObjCClass, objc_method

UIApplication = ObjCClass("UIApplication")
UIBackgroundTaskInvalid = 0


class Guard(NSObject):
    @objc_method
    def open(self):
        application = UIApplication.sharedApplication
        self.task = application.beginBackgroundTaskWithName(  # expect: background-task-identifier-overwritten
            "flush", expirationHandler=lambda: self.close()
        )

    @objc_method
    def close(self):
        if self.task == UIBackgroundTaskInvalid:
            return
        UIApplication.sharedApplication.endBackgroundTask(self.task)
        self.task = UIBackgroundTaskInvalid
