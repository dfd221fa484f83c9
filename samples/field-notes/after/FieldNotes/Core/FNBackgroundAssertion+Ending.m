#import "FNBackgroundAssertion.h"

@implementation FNBackgroundAssertion (Ending)

- (void)invalidate {
    if (_identifier != UIBackgroundTaskInvalid) {
        [UIApplication.sharedApplication endBackgroundTask:_identifier];
        _identifier = UIBackgroundTaskInvalid;
    }
}

@end
