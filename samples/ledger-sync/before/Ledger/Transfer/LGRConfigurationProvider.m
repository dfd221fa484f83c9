#import "LGRConfigurationProvider.h"

NSString *const LGRTransferSessionIdentifier = @"com.example.ledger.transfer";

@implementation LGRConfigurationProvider

+ (NSURLSessionConfiguration *)transferConfiguration {
    NSURLSessionConfiguration *configuration =
        [NSURLSessionConfiguration backgroundSessionConfigurationWithIdentifier:LGRTransferSessionIdentifier];
    configuration.HTTPMaximumConnectionsPerHost = 2;
    configuration.timeoutIntervalForResource = 7 * 24 * 3600;
    return configuration;
}

+ (NSURLSessionConfiguration *)interactiveConfiguration {
    NSURLSessionConfiguration *configuration = [NSURLSessionConfiguration ephemeralSessionConfiguration];
    configuration.timeoutIntervalForRequest = 15;
    return configuration;
}

@end
