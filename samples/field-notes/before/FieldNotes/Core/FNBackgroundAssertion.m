#import "FNBackgroundAssertion.h"

@implementation FNBackgroundAssertion {
    UIBackgroundTaskIdentifier _identifier;
}

- (instancetype)initWithName:(NSString *)name {
    self = [super init];
    if (self) {
        _identifier = [UIApplication.sharedApplication beginBackgroundTaskWithName:name expirationHandler:nil]; // expect: background-task-never-ended
    }
    return self;
}

- (void)invalidate {
    _identifier = UIBackgroundTaskInvalid;
}

@end
