#import "FNBackgroundAssertion.h"

@implementation FNBackgroundAssertion

- (instancetype)initWithName:(NSString *)name {
    self = [super init];
    if (self) {
        _identifier = [UIApplication.sharedApplication beginBackgroundTaskWithName:name expirationHandler:^{
            [self invalidate];
        }];
    }
    return self;
}

@end
