#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

FOUNDATION_EXPORT NSNotificationName const LGRTransferDidFinishNotification;

/// Keeps the sessions of the app alive and takes what they report.
@interface LGRTransferCenter : NSObject

@property (nonatomic, readonly) NSURLSession *transferSession;
@property (nonatomic, readonly) NSURLSession *interactiveSession;

+ (instancetype)sharedCenter;

/// For the app delegate: the handler is called once everything the system kept has been delivered.
- (void)reconnectSessionWithIdentifier:(NSString *)identifier completionHandler:(void (^)(void))completionHandler;

@end

NS_ASSUME_NONNULL_END
