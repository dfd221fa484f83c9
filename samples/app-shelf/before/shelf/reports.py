"""What the shelf tells the server."""

import json

from Foundation import NSData, NSMutableURLRequest, NSURL

from .sessions import SHARED
from .settings import SERVER, version


def request_to(path, method="POST"):
    request = NSMutableURLRequest.requestWithURL_(NSURL.URLWithString_(SERVER + path))
    request.setHTTPMethod_(method)
    request.setValue_forHTTPHeaderField_("Shelf/%s" % version(), "User-Agent")
    return request


def report_inventory(items):
    body = json.dumps(items).encode()
    data = NSData.dataWithBytes_length_(body, len(body))
    task = SHARED.transfers.uploadTaskWithRequest_fromData_(request_to("/inventory"), data)  # expect: background-upload-from-data
    task.resume()


def send_log(path):
    request = request_to("/logs")
    request.setHTTPBody_(NSData.dataWithContentsOfFile_(path))
    SHARED.transfers.uploadTaskWithRequest_fromFile_(request, NSURL.fileURLWithPath_(path)).resume()  # expect: upload-request-body-ignored


def send_screenshot(path, boundary="shelf"):
    request = request_to("/screenshots")
    request.setValue_forHTTPHeaderField_(f"multipart/form-data; boundary={boundary}", "Content-Type")
    url = NSURL.fileURLWithPath_(path)
    SHARED.transfers.uploadTaskWithRequest_fromFile_(request, url).resume()  # expect: multipart-upload-from-file
