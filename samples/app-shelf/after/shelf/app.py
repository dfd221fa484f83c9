"""The app: refreshes the catalogue, reports."""

from rubicon.objc import NSObject, ObjCClass, ObjCProtocol, objc_method

from .catalog import Catalog
from .reports import report_inventory, send_log
from .sessions import SHARED
from .stream import LiveJournal

UIApplication = ObjCClass("UIApplication")


class ShelfDelegate(NSObject, protocols=[ObjCProtocol("UIApplicationDelegate")]):
    @objc_method
    def application_didFinishLaunchingWithOptions_(self, application, options) -> bool:
        self.catalog = Catalog()
        self.journal = LiveJournal()
        self.catalog.refresh()
        self.journal.start()
        return True

    @objc_method
    def applicationDidEnterBackground_(self, application):
        task = UIApplication.sharedApplication.beginBackgroundTaskWithName("report", expirationHandler=lambda: self.end())
        self.task = task
        try:
            report_inventory([item["name"] for item in self.catalog.items if "name" in item])
            send_log("/var/log/shelf.log")
        finally:
            self.end()

    def end(self):
        task, self.task = self.task, None
        if task is not None:
            UIApplication.sharedApplication.endBackgroundTask(task)

    @objc_method
    def application_handleEventsForBackgroundURLSession_completionHandler_(self, application, name, handler):
        SHARED.delegate.finished = handler

    @objc_method
    def applicationWillTerminate_(self, application):
        self.journal.stop()
        SHARED.close()
