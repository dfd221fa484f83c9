#import <Foundation/Foundation.h>
#import "Settings.h"

@interface Transport : NSObject <NSURLSessionDelegate>
+ (instancetype)shared;
@property (nonatomic, readonly) NSURLSession *session;
@property (nonatomic, copy) void (^finished)(void);
@end

@implementation Transport

+ (instancetype)shared {
    static Transport *shared;
    static dispatch_once_t once;
    dispatch_once(&once, ^{
        shared = [[Transport alloc] init];
    });
    return shared;
}

- (instancetype)init {
    if (self = [super init]) {
        _session = [NSURLSession sessionWithConfiguration:[Settings wireForName:@"org.example.twins"]
                                                 delegate:self
                                            delegateQueue:nil];
    }
    return self;
}

- (void)URLSessionDidFinishEventsForBackgroundURLSession:(NSURLSession *)session {
    dispatch_async(dispatch_get_main_queue(), ^{
        if (self.finished) {
            self.finished();
        }
        self.finished = nil;
    });
}

@end
