"""The agent: runs in the menu bar, refreshes the catalogue, reports."""

import objc
from AppKit import NSApplication, NSObject
from PyObjCTools import AppHelper

from .catalog import Catalog
from .journal import note
from .reports import report_inventory, send_log
from .sessions import SHARED
from .stream import LiveJournal


class Agent(NSObject):
    def applicationDidFinishLaunching_(self, notification):
        self.catalog = Catalog()
        self.journal = LiveJournal()
        self.catalog.refresh()
        self.journal.start()

    @objc.IBAction
    def report_(self, sender):
        report_inventory([item["name"] for item in self.catalog.items if "name" in item])
        send_log("/var/log/shelf.log")

    def applicationWillTerminate_(self, notification):
        self.journal.stop()
        SHARED.close()
        note("done")


def main():
    application = NSApplication.sharedApplication()
    agent = Agent.alloc().init()
    application.setDelegate_(agent)
    AppHelper.runEventLoop()


if __name__ == "__main__":
    main()
