#import "LGRAppDelegate.h"
#import "LGRSyncEngine.h"

@implementation LGRAppDelegate

- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)launchOptions {
    [[LGRSyncEngine sharedEngine] start];
    return YES;
}

- (void)applicationDidEnterBackground:(UIApplication *)application {
    [[LGRSyncEngine sharedEngine] pushPendingEntries];
}

@end
