#import "FNTransferCenter.h"
#import "FieldNotes-Swift.h"

@interface FNTransferCenter () <NSURLSessionDownloadDelegate>
@end

@implementation FNTransferCenter {
    NSMutableDictionary<NSString *, void (^)(void)> *_eventsHandlers;
}

+ (FNTransferCenter *)shared {
    static FNTransferCenter *shared;
    static dispatch_once_t once;
    dispatch_once(&once, ^{ shared = [FNTransferCenter new]; });
    return shared;
}

- (instancetype)init {
    self = [super init];
    if (self) {
        _eventsHandlers = [NSMutableDictionary dictionary];
        NSURLSessionConfiguration *notes =
            [NSURLSessionConfiguration backgroundSessionConfigurationWithIdentifier:TransferSettings.notesIdentifier];
        notes.discretionary = NO;
        _notesSession = [NSURLSession sessionWithConfiguration:notes delegate:self delegateQueue:nil];
        _attachmentSession = [NSURLSession sessionWithConfiguration:[TransferSettings attachments]]; // expect: background-session-without-delegate
    }
    return self;
}

- (void)setEventsHandler:(void (^)(void))handler forSession:(NSString *)identifier {
    _eventsHandlers[identifier] = [handler copy];
}

- (void)URLSession:(NSURLSession *)session
                 downloadTask:(NSURLSessionDownloadTask *)downloadTask
    didFinishDownloadingToURL:(NSURL *)location {
    if (((NSHTTPURLResponse *)downloadTask.response).statusCode != 200) {
        return;
    }
    NSURL *target = [TransferSettings fileForAttachment:downloadTask.taskDescription];
    [NSFileManager.defaultManager removeItemAtURL:target error:NULL];
    [NSFileManager.defaultManager moveItemAtURL:location toURL:target error:NULL];
}

- (void)URLSession:(NSURLSession *)session task:(NSURLSessionTask *)task didCompleteWithError:(NSError *)error {
    NSInteger status = ((NSHTTPURLResponse *)task.response).statusCode;
    if (!error && (status < 200 || status > 299)) {
        error = [NSError errorWithDomain:NSURLErrorDomain code:NSURLErrorBadServerResponse userInfo:nil];
    }
    NSString *name = task.taskDescription;
    dispatch_async(dispatch_get_main_queue(), ^{
        [self.observer transferCenter:self didFinishTransfer:name error:error];
    });
}

- (void)URLSessionDidFinishEventsForBackgroundURLSession:(NSURLSession *)session {
    dispatch_async(dispatch_get_main_queue(), ^{
        NSString *identifier = session.configuration.identifier;
        void (^handler)(void) = self->_eventsHandlers[identifier];
        [self->_eventsHandlers removeObjectForKey:identifier];
        if (handler) {
            handler();
        }
    });
}

@end
