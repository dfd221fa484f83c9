"""The catalogue: what there is to install."""

import json

from rubicon.objc import Block, ObjCClass, objc_id

from .journal import note
from .sessions import SHARED
from .settings import SERVER

NSURL = ObjCClass("NSURL")


class Catalog:
    def __init__(self):
        self.items = []

    def refresh(self):
        @Block
        def took(location: objc_id, response: objc_id, error: objc_id) -> None:
            if error is not None:
                note(error.localizedDescription)
                return
            if response.statusCode == 200:
                with open(str(location.path), encoding="utf-8") as file:
                    self.items = json.load(file)

        url = NSURL.URLWithString(f"{SERVER}/catalog.json")
        task = SHARED.transfers.downloadTaskWithURL(url, completionHandler=took)  # expect: background-session-completion-handler
        task.resume()

    def install(self, item):
        match item:
            case {"url": address, "name": name}:
                task = SHARED.transfers.downloadTaskWithURL(NSURL.URLWithString(address))
                task.setTaskDescription(name)
                task.resume()
            case _:
                note("nothing to install")
