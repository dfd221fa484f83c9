#import "LGRTransferCenter.h"
#import "LGRConfigurationProvider.h"

NSNotificationName const LGRTransferDidFinishNotification = @"LGRTransferDidFinish";

@interface LGRTransferCenter () <NSURLSessionDataDelegate>
@property (nonatomic, copy, nullable) void (^eventsHandler)(void);
@end

@implementation LGRTransferCenter

@synthesize transferSession = _transferSession;

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
        _interactiveSession = [NSURLSession sessionWithConfiguration:[LGRConfigurationProvider interactiveConfiguration]];
    }
    return self;
}

- (NSURLSession *)transferSession {
    @synchronized(self) {
        if (!_transferSession) {
            NSURLSessionConfiguration *configuration = [LGRConfigurationProvider transferConfiguration];
            configuration.allowsCellularAccess = NO;
            _transferSession = [NSURLSession sessionWithConfiguration:configuration delegate:self delegateQueue:nil];
        }
        return _transferSession;
    }
}

- (void)reconnectSessionWithIdentifier:(NSString *)identifier completionHandler:(void (^)(void))completionHandler {
    if (![identifier isEqualToString:LGRTransferSessionIdentifier]) {
        completionHandler();
        return;
    }
    self.eventsHandler = completionHandler;
    [self transferSession];
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

- (void)URLSessionDidFinishEventsForBackgroundURLSession:(NSURLSession *)session {
    dispatch_async(dispatch_get_main_queue(), ^{
        void (^handler)(void) = self.eventsHandler;
        self.eventsHandler = nil;
        if (handler) {
            handler();
        }
    });
}

@end
