#import "FNTileCache.h"
#import "FieldNotes-Swift.h"

@implementation FNTileCache {
    NSURL *_folder;
}

+ (FNTileCache *)shared {
    static FNTileCache *shared;
    static dispatch_once_t once;
    dispatch_once(&once, ^{ shared = [FNTileCache new]; });
    return shared;
}

- (instancetype)init {
    self = [super init];
    if (self) {
        _folder = [[NSFileManager.defaultManager URLsForDirectory:NSCachesDirectory inDomains:NSUserDomainMask].firstObject
            URLByAppendingPathComponent:@"Tiles" isDirectory:YES];
        [NSFileManager.defaultManager createDirectoryAtURL:_folder withIntermediateDirectories:YES attributes:nil error:NULL];
    }
    return self;
}

- (void)addTileAtURL:(NSURL *)URL named:(NSString *)name {
    NSURL *target = [_folder URLByAppendingPathComponent:name];
    [NSFileManager.defaultManager removeItemAtURL:target error:NULL];
    [NSFileManager.defaultManager moveItemAtURL:URL toURL:target error:NULL];
}

- (void)fetchTileNamed:(NSString *)name fromURL:(NSURL *)URL {
    NSURLSessionDownloadTask *task = [MapSession.shared.session downloadTaskWithURL:URL];
    task.taskDescription = name;
    [task resume];
}

- (void)reportMissingTiles:(NSArray<NSString *> *)names toURL:(NSURL *)URL {
    NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:URL];
    request.HTTPMethod = @"POST";
    [request setValue:@"application/json" forHTTPHeaderField:@"Content-Type"];
    NSData *report = [NSJSONSerialization dataWithJSONObject:names options:0 error:NULL];
    // Nobody waits for the report, but it is made while the map is on screen: no background session needed.
    [[NSURLSession.sharedSession uploadTaskWithRequest:request
                                              fromData:report
                                     completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {
        NSInteger status = ((NSHTTPURLResponse *)response).statusCode;
        if (error || status != 204) {
            NSLog(@"missing tiles were not reported: %ld %@", (long)status, error);
        }
    }] resume];
}

@end
