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

- (BOOL)uploadReceiptAtURL:(NSURL *)fileURL forEntry:(NSString *)entryID error:(NSError **)error {
    NSString *boundary = [NSString stringWithFormat:@"ledger-%@", entryID];
    NSMutableURLRequest *request = [_builder requestWithMethod:@"POST" path:@"receipts"];
    [request setValue:[NSString stringWithFormat:@"multipart/form-data; boundary=%@", boundary]
        forHTTPHeaderField:@"Content-Type"];
    NSURL *body = [self stagedFormWithFile:fileURL boundary:boundary error:error];
    if (!body) {
        return NO;
    }
    NSURLSession *session = [LGRTransferCenter sharedCenter].transferSession;
    NSURLSessionUploadTask *task = [session uploadTaskWithRequest:request fromFile:body];
    task.taskDescription = entryID;
    [task resume];
    return YES;
}

/// The whole body of the form in one file: that file is all the system sends.
- (NSURL *)stagedFormWithFile:(NSURL *)fileURL boundary:(NSString *)boundary error:(NSError **)error {
    NSData *receipt = [NSData dataWithContentsOfURL:fileURL options:NSDataReadingMappedIfSafe error:error];
    if (!receipt) {
        return nil;
    }
    NSString *head = [NSString stringWithFormat:@"--%@\r\nContent-Disposition: form-data; name=\"receipt\"; filename=\"%@\"\r\n"
                                                @"Content-Type: application/pdf\r\n\r\n",
                                                boundary, fileURL.lastPathComponent];
    NSString *tail = [NSString stringWithFormat:@"\r\n--%@--\r\n", boundary];
    NSMutableData *form = [NSMutableData data];
    [form appendData:[head dataUsingEncoding:NSUTF8StringEncoding]];
    [form appendData:receipt];
    [form appendData:[tail dataUsingEncoding:NSUTF8StringEncoding]];
    return [self stagedFileWithData:form name:boundary error:error];
}

- (NSURL *)stagedFileWithData:(NSData *)data name:(NSString *)name error:(NSError **)error {
    NSURL *support = [NSFileManager.defaultManager URLForDirectory:NSApplicationSupportDirectory
                                                          inDomain:NSUserDomainMask
                                                 appropriateForURL:nil
                                                            create:YES
                                                             error:error];
    NSURL *file = [support URLByAppendingPathComponent:name];
    return [data writeToURL:file options:NSDataWritingAtomic error:error] ? file : nil;
}

- (BOOL)uploadThumbnail:(NSData *)JPEG forEntry:(NSString *)entryID error:(NSError **)error {
    NSString *path = [@"thumbnails" stringByAppendingPathComponent:entryID];
    NSMutableURLRequest *request = [_builder requestWithMethod:@"PUT" path:path];
    [request setValue:@"image/jpeg" forHTTPHeaderField:@"Content-Type"];
    NSURL *file = [self stagedFileWithData:JPEG name:[entryID stringByAppendingPathExtension:@"jpg"] error:error];
    if (!file) {
        return NO;
    }
    [[[LGRTransferCenter sharedCenter].transferSession uploadTaskWithRequest:request fromFile:file] resume];
    return YES;
}

/// The options travel in the address; without an answer to wait for, a nil handler is a plain task.
- (void)uploadExportAtURL:(NSURL *)fileURL options:(NSDictionary *)options completion:(void (^)(BOOL))completion {
    NSMutableURLRequest *request = [_builder requestWithMethod:@"POST" path:@"exports"];
    [request setValue:@"text/csv" forHTTPHeaderField:@"Content-Type"];
    [request setValue:options[@"format"] forHTTPHeaderField:@"X-Ledger-Format"];
    LGRTransferCenter *center = [LGRTransferCenter sharedCenter];
    NSURLSessionUploadTask *task = [center.transferSession uploadTaskWithRequest:request
                                                                        fromFile:fileURL
                                                               completionHandler:nil];
    task.taskDescription = fileURL.lastPathComponent;
    __block id observer = [NSNotificationCenter.defaultCenter
        addObserverForName:LGRTransferDidFinishNotification
                    object:task.taskDescription
                     queue:NSOperationQueue.mainQueue
                usingBlock:^(NSNotification *note) {
        [NSNotificationCenter.defaultCenter removeObserver:observer];
        completion([note.userInfo[@"succeeded"] boolValue]);
    }];
    [task resume];
}

- (void)uploadDiagnosticsAtURL:(NSURL *)fileURL {
    NSMutableURLRequest *request = [_builder requestWithMethod:@"POST" path:@"diagnostics"];
    [request setValue:@"application/gzip" forHTTPHeaderField:@"Content-Type"];
    NSURLSession *session = [LGRTransferCenter sharedCenter].transferSession;
    NSURLSessionUploadTask *task = [session uploadTaskWithRequest:request fromFile:fileURL];
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
