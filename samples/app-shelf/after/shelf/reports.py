"""What the shelf tells the server."""

import json

from rubicon.objc import ObjCClass

from .sessions import SHARED
from .settings import CACHE, SERVER, version

NSMutableURLRequest = ObjCClass("NSMutableURLRequest")
NSURL = ObjCClass("NSURL")


def request_to(path, method="POST"):
    request = NSMutableURLRequest.requestWithURL(NSURL.URLWithString(SERVER + path))
    request.HTTPMethod = method
    request.setValue("Shelf/%s" % version(), forHTTPHeaderField="User-Agent")
    return request


def report_inventory(items):
    path = CACHE / "inventory.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(items, file)
    file_url = NSURL.fileURLWithPath(str(path))
    SHARED.transfers.uploadTaskWithRequest(request_to("/inventory"), fromFile=file_url).resume()


def send_log(path):
    SHARED.transfers.uploadTaskWithRequest_fromFile_(request_to("/logs"), NSURL.fileURLWithPath(path)).resume()


def send_screenshot(path, boundary="shelf"):
    request = request_to("/screenshots")
    request.setValue_forHTTPHeaderField_(f"multipart/form-data; boundary={boundary}", "Content-Type")
    whole = CACHE / "screenshot.multipart"
    with open(whole, "wb") as body, open(path, "rb") as picture:
        body.write(f"--{boundary}\r\nContent-Disposition: form-data; name=picture\r\n\r\n".encode())
        body.write(picture.read())
        body.write(f"\r\n--{boundary}--\r\n".encode())
    url = NSURL.fileURLWithPath(str(whole))
    SHARED.transfers.uploadTaskWithRequest(request, fromFile=url).resume()
