"""The catalogue: what there is to install."""

import json

from rubicon.objc import ObjCClass

from .journal import note
from .sessions import SHARED
from .settings import SERVER

NSURL = ObjCClass("NSURL")


class Catalog:
    def __init__(self):
        self.items = []

    def refresh(self):
        def took(path):
            with open(path, encoding="utf-8") as file:
                self.items = json.load(file)

        SHARED.delegate.when_arrived("catalog.json", took)
        task = SHARED.transfers.downloadTaskWithURL(NSURL.URLWithString(f"{SERVER}/catalog.json"))
        task.setTaskDescription("catalog.json")
        task.resume()

    def install(self, item):
        match item:
            case {"url": address, "name": name}:
                task = SHARED.transfers.downloadTaskWithURL(NSURL.URLWithString(address))
                task.setTaskDescription(name)
                task.resume()
            case _:
                note("nothing to install")
