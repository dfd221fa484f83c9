#import "LGRAppDelegate.h"
#import "LGRSyncEngine.h"
#import "LGRTransferCenter.h"

@implementation LGRAppDelegate

- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)launchOptions {
    [[LGRSyncEngine sharedEngine] start];
    return YES;
}

- (void)applicationDidEnterBackground:(UIApplication *)application {
    [[LGRSyncEngine sharedEngine] pushPendingEntries];
}

- (void)application:(UIApplication *)application
    handleEventsForBackgroundURLSession:(NSString *)identifier
                      completionHandler:(void (^)(void))completionHandler {
    [[LGRTransferCenter sharedCenter] reconnectSessionWithIdentifier:identifier completionHandler:completionHandler];
}

@end
