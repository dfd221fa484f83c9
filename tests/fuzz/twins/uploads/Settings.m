#import <Foundation/Foundation.h>

@interface Settings : NSObject
+ (NSURLSessionConfiguration *)wireForName:(NSString *)name;
@end

@implementation Settings

+ (NSURLSessionConfiguration *)wireForName:(NSString *)name {
    NSURLSessionConfiguration *configuration =
        [NSURLSessionConfiguration backgroundSessionConfigurationWithIdentifier:name];
    configuration.discretionary = YES;
    return configuration;
}

@end
