#import <UIKit/UIKit.h>
#import "Transport.h"

@interface AppDelegate : UIResponder <UIApplicationDelegate>
@end

@implementation AppDelegate

- (void)application:(UIApplication *)application
    handleEventsForBackgroundURLSession:(NSString *)identifier
                      completionHandler:(void (^)(void))completionHandler {
    [Transport shared].finished = completionHandler;
    [[Transport shared].session getAllTasksWithCompletionHandler:^(NSArray *tasks) {
        NSLog(@"%lu", (unsigned long)tasks.count);
    }];
}

@end
