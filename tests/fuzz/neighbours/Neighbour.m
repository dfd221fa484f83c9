#import <UIKit/UIKit.h>

@implementation SoundObjCNeighbour

- (void)neighbourWork {
    UIApplication *application = [UIApplication sharedApplication];
    UIBackgroundTaskIdentifier task = UIBackgroundTaskInvalid;
    task = [application beginBackgroundTaskWithName:@"n" expirationHandler:^{
        [application endBackgroundTask:task]; // expect: background-task-captured-before-assignment
    }];
    [application endBackgroundTask:task];
}

@end
