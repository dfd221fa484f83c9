#import "LGRBackgroundActivity.h"

@implementation LGRBackgroundActivity {
    UIBackgroundTaskIdentifier _identifier;
}

+ (instancetype)activityNamed:(NSString *)name {
    return [[self alloc] initWithName:name];
}

- (instancetype)initWithName:(NSString *)name {
    if ((self = [super init])) {
        __weak typeof(self) weakSelf = self;
        _identifier = [[UIApplication sharedApplication] beginBackgroundTaskWithName:name expirationHandler:^{
            [weakSelf end];
        }];
    }
    return self;
}

- (void)end {
    @synchronized(self) {
        if (_identifier == UIBackgroundTaskInvalid) {
            return;
        }
        [[UIApplication sharedApplication] endBackgroundTask:_identifier];
        _identifier = UIBackgroundTaskInvalid;
    }
}

- (void)dealloc {
    [self end];
}

@end
