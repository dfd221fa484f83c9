#import "LGRRequestBuilder.h"

@implementation LGRRequestBuilder {
    NSURL *_server;
    NSString *_token;
}

- (instancetype)initWithServer:(NSURL *)server token:(NSString *)token {
    if ((self = [super init])) {
        _server = server;
        _token = [token copy];
    }
    return self;
}

- (NSMutableURLRequest *)requestWithMethod:(NSString *)method path:(NSString *)path {
    NSURL *URL = [_server URLByAppendingPathComponent:path];
    NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:URL];
    request.HTTPMethod = method;
    [request setValue:_token forHTTPHeaderField:@"X-Ledger-Token"];
    return request;
}

@end
