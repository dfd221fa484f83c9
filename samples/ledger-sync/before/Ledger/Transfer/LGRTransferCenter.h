#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

FOUNDATION_EXPORT NSNotificationName const LGRTransferDidFinishNotification;

/// Keeps the sessions of the app alive and takes what they report.
@interface LGRTransferCenter : NSObject

@property (nonatomic, readonly) NSURLSession *transferSession;
@property (nonatomic, readonly) NSURLSession *interactiveSession;

+ (instancetype)sharedCenter;

@end

NS_ASSUME_NONNULL_END
