#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

FOUNDATION_EXPORT NSString *const LGRTransferSessionIdentifier;

/// The configurations of all sessions of the app.
@interface LGRConfigurationProvider : NSObject

+ (NSURLSessionConfiguration *)transferConfiguration;
+ (NSURLSessionConfiguration *)interactiveConfiguration;

@end

NS_ASSUME_NONNULL_END
