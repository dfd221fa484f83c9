#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/// The line on which the harbour master calls out warnings.
@interface TDHarbourLine : NSObject <NSStreamDelegate>

@property (class, readonly) TDHarbourLine *sharedLine;

- (void)open;
- (void)close;

@end

NS_ASSUME_NONNULL_END
