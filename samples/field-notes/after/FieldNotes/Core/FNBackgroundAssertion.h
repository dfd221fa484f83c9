#import <UIKit/UIKit.h>

NS_ASSUME_NONNULL_BEGIN

/// Keeps the app running while a note is written.
@interface FNBackgroundAssertion : NSObject {
    UIBackgroundTaskIdentifier _identifier;
}

- (instancetype)initWithName:(NSString *)name;

@end

@interface FNBackgroundAssertion (Ending)

- (void)invalidate;

@end

NS_ASSUME_NONNULL_END
