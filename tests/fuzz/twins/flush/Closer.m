#import <UIKit/UIKit.h>

@interface Closer : NSObject
+ (void)finish:(UIBackgroundTaskIdentifier)task;
+ (void)note:(UIBackgroundTaskIdentifier)task;
@end

@implementation Closer

+ (void)finish:(UIBackgroundTaskIdentifier)task {
    [[UIApplication sharedApplication] endBackgroundTask:task];
}

+ (void)note:(UIBackgroundTaskIdentifier)task {
    NSLog(@"running %lu", (unsigned long)task);
}

@end
