#import <UIKit/UIKit.h>

@interface Guard : NSObject
@property (nonatomic) UIBackgroundTaskIdentifier task;
- (void)open;
- (void)close;
@end

@implementation Guard

- (void)open {
    UIApplication *application = [UIApplication sharedApplication];
    self.task = [application beginBackgroundTaskWithName:@"flush" expirationHandler:^{ // expect: background-task-identifier-overwritten
        [self close];
    }];
}

- (void)close {
    if (self.task == UIBackgroundTaskInvalid) {
        return;
    }
    [[UIApplication sharedApplication] endBackgroundTask:self.task];
    self.task = UIBackgroundTaskInvalid;
}

@end
