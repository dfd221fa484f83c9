from Foundation import NSObject

from .transport import Transport


class Outbox(NSObject):
    def send_withRequest_(self, body, request):
        session = Transport.shared().session
        session.uploadTaskWithRequest_fromData_(request, body).resume()  # expect: background-upload-from-data

    def fetch_whenDone_(self, url, done):
        task = Transport.shared().session.downloadTaskWithURL_completionHandler_(  # expect: background-session-completion-handler
            url, lambda file, response, error: done(file)
        )
        task.resume()

    def sendFile_toRequest_(self, file, request):
        Transport.shared().session.uploadTaskWithRequest_fromFile_(request, file).resume()
