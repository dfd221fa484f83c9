#import "LGRAttachmentUploader.h"
#import "LGRTransferCenter.h"

@implementation LGRAttachmentUploader {
    LGRRequestBuilder *_builder;
}

- (instancetype)initWithRequestBuilder:(LGRRequestBuilder *)builder {
    if ((self = [super init])) {
        _builder = builder;
    }
    return self;
}

- (void)uploadReceiptAtURL:(NSURL *)fileURL forEntry:(NSString *)entryID {
    NSString *boundary = [NSString stringWithFormat:@"ledger-%@", entryID];
    NSMutableURLRequest *request = [_builder requestWithMethod:@"POST" path:@"receipts"];
    [request setValue:[NSString stringWithFormat:@"multipart/form-data; boundary=%@", boundary]
        forHTTPHeaderField:@"Content-Type"];
    NSURLSession *session = [LGRTransferCenter sharedCenter].transferSession;
    NSURLSessionUploadTask *task = [session uploadTaskWithRequest:request fromFile:fileURL]; // expect: multipart-upload-from-file
    task.taskDescription = entryID;
    [task resume];
}

- (void)uploadThumbnail:(NSData *)JPEG forEntry:(NSString *)entryID {
    NSString *path = [@"thumbnails" stringByAppendingPathComponent:entryID];
    NSMutableURLRequest *request = [_builder requestWithMethod:@"PUT" path:path];
    [request setValue:@"image/jpeg" forHTTPHeaderField:@"Content-Type"];
    LGRTransferCenter *center = [LGRTransferCenter sharedCenter];
    [[center.transferSession uploadTaskWithRequest:request fromData:JPEG] resume]; // expect: background-upload-from-data
}

- (void)uploadExportAtURL:(NSURL *)fileURL options:(NSDictionary *)options completion:(void (^)(BOOL))completion {
    NSMutableURLRequest *request = [_builder requestWithMethod:@"POST" path:@"exports"];
    [request setValue:@"text/csv" forHTTPHeaderField:@"Content-Type"];
    request.HTTPBody = [NSJSONSerialization dataWithJSONObject:options options:0 error:NULL];
    NSURLSessionUploadTask *task =
        [[LGRTransferCenter sharedCenter].transferSession uploadTaskWithRequest:request // expect: upload-request-body-ignored, background-session-completion-handler
                                                                       fromFile:fileURL
                                                              completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {
            BOOL succeeded = ((NSHTTPURLResponse *)response).statusCode == 201;
            dispatch_async(dispatch_get_main_queue(), ^{
                completion(succeeded);
            });
        }];
    [task resume];
}

- (void)streamDiagnosticsFrom:(NSInputStream *)stream {
    NSMutableURLRequest *request = [_builder requestWithMethod:@"POST" path:@"diagnostics"];
    [request setValue:@"application/gzip" forHTTPHeaderField:@"Content-Type"];
    request.HTTPBodyStream = stream;
    NSURLSession *session = [LGRTransferCenter sharedCenter].transferSession;
    NSURLSessionUploadTask *task = [session uploadTaskWithStreamedRequest:request]; // expect: background-upload-from-stream, upload-request-body-ignored, stream-body-not-replayable
    task.taskDescription = @"diagnostics";
    [task resume];
}

- (void)pingWithCompletion:(void (^)(BOOL))completion {
    NSURLRequest *request = [_builder requestWithMethod:@"GET" path:@"ping"];
    NSURLSession *session = [LGRTransferCenter sharedCenter].interactiveSession;
    [[session dataTaskWithRequest:request
                completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {
        completion(((NSHTTPURLResponse *)response).statusCode == 200);
    }] resume];
}

@end
