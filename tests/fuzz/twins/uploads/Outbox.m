#import <Foundation/Foundation.h>
#import "Transport.h"

@interface Outbox : NSObject
@end

@implementation Outbox

- (void)send:(NSData *)body withRequest:(NSURLRequest *)request {
    NSURLSession *session = Transport.shared.session;
    [[session uploadTaskWithRequest:request fromData:body] resume]; // expect: background-upload-from-data
}

- (void)fetch:(NSURL *)url whenDone:(void (^)(NSURL *))done {
    NSURLSessionDownloadTask *task =
        [[Transport shared].session downloadTaskWithURL:url // expect: background-session-completion-handler
                                      completionHandler:^(NSURL *file, NSURLResponse *response, NSError *error) {
            done(file);
        }];
    [task resume];
}

- (void)sendFile:(NSURL *)file toRequest:(NSURLRequest *)request {
    [[Transport.shared.session uploadTaskWithRequest:request fromFile:file] resume];
}

@end
