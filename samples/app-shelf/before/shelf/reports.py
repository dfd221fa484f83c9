"""What the shelf tells the server."""

import json

from rubicon.objc import ObjCClass

from .sessions import SHARED
from .settings import SERVER, version

NSData = ObjCClass("NSData")
NSMutableURLRequest = ObjCClass("NSMutableURLRequest")
NSURL = ObjCClass("NSURL")


def request_to(path, method="POST"):
    request = NSMutableURLRequest.requestWithURL(NSURL.URLWithString(SERVER + path))
    request.HTTPMethod = method
    request.setValue("Shelf/%s" % version(), forHTTPHeaderField="User-Agent")
    return request


def report_inventory(items):
    body = json.dumps(items).encode()
    data = NSData.dataWithBytes(body, length=len(body))
    task = SHARED.transfers.uploadTaskWithRequest(request_to("/inventory"), fromData=data)  # expect: background-upload-from-data
    task.resume()


def send_log(path):
    request = request_to("/logs")
    request.HTTPBody = NSData.dataWithContentsOfFile(path)
    SHARED.transfers.uploadTaskWithRequest_fromFile_(request, NSURL.fileURLWithPath(path)).resume()  # expect: upload-request-body-ignored


def send_screenshot(path, boundary="shelf"):
    request = request_to("/screenshots")
    request.setValue_forHTTPHeaderField_(f"multipart/form-data; boundary={boundary}", "Content-Type")
    url = NSURL.fileURLWithPath(path)
    SHARED.transfers.uploadTaskWithRequest(request, fromFile=url).resume()  # expect: multipart-upload-from-file
