#import <UIKit/UIKit.h>
#import "Closer.h"

@interface Journal : NSObject
@end

@implementation Journal

- (void)save:(NSArray<NSString *> *)entries {
    UIBackgroundTaskIdentifier task =
        [[UIApplication sharedApplication] beginBackgroundTaskWithName:@"save" expirationHandler:nil];
    [self write:entries];
    [Closer finish:task];
}

- (void)saveSome:(NSArray<NSString *> *)entries {
    UIBackgroundTaskIdentifier task =
        [[UIApplication sharedApplication] beginBackgroundTaskWithName:@"some" expirationHandler:nil]; // expect: background-task-not-ended-on-path
    if (entries.count == 0) {
        return;
    }
    [self write:entries];
    [Closer finish:task];
}

- (void)forget:(NSArray<NSString *> *)entries {
    UIBackgroundTaskIdentifier task =
        [[UIApplication sharedApplication] beginBackgroundTaskWithName:@"forget" expirationHandler:nil]; // expect: background-task-never-ended
    [self write:entries];
    [Closer note:task];
}

- (void)write:(NSArray<NSString *> *)entries {
    NSLog(@"%@", entries);
}

@end
