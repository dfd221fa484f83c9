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
        def took(location, response, error):
            if error is not None:
                note(error.localizedDescription())
                return
            if response.statusCode() == 200:
                with open(location.path(), encoding="utf-8") as file:
                    self.items = json.load(file)

        url = NSURL.URLWithString_(f"{SERVER}/catalog.json")
        task = SHARED.transfers.downloadTaskWithURL_completionHandler_(url, took)  # expect: background-session-completion-handler
        task.resume()

    def install(self, item):
        match item:
            case {"url": address, "name": name}:
                task = SHARED.transfers.downloadTaskWithURL_(NSURL.URLWithString_(address))
                task.setTaskDescription_(name)
                task.resume()
            case _:
                note("nothing to install")
