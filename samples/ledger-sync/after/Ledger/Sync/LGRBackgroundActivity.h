#import <UIKit/UIKit.h>

NS_ASSUME_NONNULL_BEGIN

/// Asks the system not to suspend the app until `end` is called, time runs out, or it goes away.
@interface LGRBackgroundActivity : NSObject

+ (instancetype)activityNamed:(NSString *)name;

- (void)end;

@end

NS_ASSUME_NONNULL_END
