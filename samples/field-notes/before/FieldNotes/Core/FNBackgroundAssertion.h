#import <UIKit/UIKit.h>

NS_ASSUME_NONNULL_BEGIN

/// Keeps the app running while a note is written.
@interface FNBackgroundAssertion : NSObject

- (instancetype)initWithName:(NSString *)name;
- (void)invalidate;

@end

NS_ASSUME_NONNULL_END
