#import "LGRTransferCenter.h"
#import "LGRConfigurationProvider.h"

NSNotificationName const LGRTransferDidFinishNotification = @"LGRTransferDidFinish";

@interface LGRTransferCenter () <NSURLSessionDataDelegate>
@end

@implementation LGRTransferCenter

+ (instancetype)sharedCenter {
    static LGRTransferCenter *center;
    static dispatch_once_t onceToken;
    dispatch_once(&onceToken, ^{
        center = [[self alloc] init];
    });
    return center;
}

- (instancetype)init {
    if ((self = [super init])) {
        NSURLSessionConfiguration *configuration = [LGRConfigurationProvider transferConfiguration];
        configuration.allowsCellularAccess = NO;
        _transferSession = [NSURLSession sessionWithConfiguration:configuration // expect: background-session-events-unhandled
                                                         delegate:self
                                                    delegateQueue:nil];
        _interactiveSession = [NSURLSession sessionWithConfiguration:[LGRConfigurationProvider interactiveConfiguration]];
    }
    return self;
}

#pragma mark - NSURLSessionTaskDelegate

- (void)URLSession:(NSURLSession *)session task:(NSURLSessionTask *)task didCompleteWithError:(NSError *)error {
    NSInteger status = ((NSHTTPURLResponse *)task.response).statusCode;
    BOOL succeeded = error == nil && status >= 200 && status < 300;
    dispatch_async(dispatch_get_main_queue(), ^{
        [NSNotificationCenter.defaultCenter postNotificationName:LGRTransferDidFinishNotification
                                                          object:task.taskDescription
                                                        userInfo:@{ @"succeeded" : @(succeeded) }];
    });
}

@end
