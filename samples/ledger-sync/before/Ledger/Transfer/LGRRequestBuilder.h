#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

@interface LGRRequestBuilder : NSObject

- (instancetype)initWithServer:(NSURL *)server token:(NSString *)token NS_DESIGNATED_INITIALIZER;
- (instancetype)init NS_UNAVAILABLE;

- (NSMutableURLRequest *)requestWithMethod:(NSString *)method path:(NSString *)path;

@end

NS_ASSUME_NONNULL_END
