"""The catalogue: what there is to install."""

import json

from Foundation import NSURL

from .journal import note
from .sessions import SHARED
from .settings import SERVER


class Catalog:
    def __init__(self):
        self.items = []

    def refresh(self):
        def took(path):
            with open(path, encoding="utf-8") as file:
                self.items = json.load(file)

        SHARED.delegate.when_arrived("catalog.json", took)
        task = SHARED.transfers.downloadTaskWithURL_(NSURL.URLWithString_(f"{SERVER}/catalog.json"))
        task.setTaskDescription_("catalog.json")
        task.resume()

    def install(self, item):
        match item:
            case {"url": address, "name": name}:
                task = SHARED.transfers.downloadTaskWithURL_(NSURL.URLWithString_(address))
                task.setTaskDescription_(name)
                task.resume()
            case _:
                note("nothing to install")
