#import <UIKit/UIKit.h>
#import "LGRAppDelegate.h"

int main(int argc, char *argv[]) {
    @autoreleasepool {
        return UIApplicationMain(argc, argv, nil, NSStringFromClass([LGRAppDelegate class]));
    }
}
