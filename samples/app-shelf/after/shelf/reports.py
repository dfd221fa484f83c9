"""What the shelf tells the server."""

import json
import os

from Foundation import NSMutableURLRequest, NSURL

from .sessions import SHARED
from .settings import CACHE, SERVER, version


def request_to(path, method="POST"):
    request = NSMutableURLRequest.requestWithURL_(NSURL.URLWithString_(SERVER + path))
    request.setHTTPMethod_(method)
    request.setValue_forHTTPHeaderField_("Shelf/%s" % version(), "User-Agent")
    return request


def report_inventory(items):
    path = os.path.join(CACHE, "inventory.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(items, file)
    SHARED.transfers.uploadTaskWithRequest_fromFile_(request_to("/inventory"), NSURL.fileURLWithPath_(path)).resume()


def send_log(path):
    SHARED.transfers.uploadTaskWithRequest_fromFile_(request_to("/logs"), NSURL.fileURLWithPath_(path)).resume()


def send_screenshot(path, boundary="shelf"):
    request = request_to("/screenshots")
    request.setValue_forHTTPHeaderField_(f"multipart/form-data; boundary={boundary}", "Content-Type")
    whole = os.path.join(CACHE, "screenshot.multipart")
    with open(whole, "wb") as body, open(path, "rb") as picture:
        body.write(f"--{boundary}\r\nContent-Disposition: form-data; name=picture\r\n\r\n".encode())
        body.write(picture.read())
        body.write(f"\r\n--{boundary}--\r\n".encode())
    SHARED.transfers.uploadTaskWithRequest_fromFile_(request, NSURL.fileURLWithPath_(whole)).resume()
