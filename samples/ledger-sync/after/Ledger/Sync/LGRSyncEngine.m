#import "LGRSyncEngine.h"
#import "LGRBackgroundActivity.h"
#import "LGREntryStore.h"
#import "LGRRequestBuilder.h"
#import "LGRTransferCenter.h"

@interface LGRSyncEngine ()
@property (nonatomic, strong) LGREntryStore *store;
@property (nonatomic, strong) LGRRequestBuilder *builder;
@property (nonatomic, assign) UIBackgroundTaskIdentifier pushTask;
@end

@implementation LGRSyncEngine

+ (instancetype)sharedEngine {
    static LGRSyncEngine *engine;
    static dispatch_once_t onceToken;
    dispatch_once(&onceToken, ^{
        engine = [[LGRSyncEngine alloc] init];
    });
    return engine;
}

- (instancetype)init {
    if ((self = [super init])) {
        _store = [[LGREntryStore alloc] init];
        _builder = [[LGRRequestBuilder alloc] initWithServer:[NSURL URLWithString:@"https://ledger.example.com/api"]
                                                       token:@"device"];
        _pushTask = UIBackgroundTaskInvalid;
    }
    return self;
}

- (void)start {
    [self pullEntriesWithCompletion:^(NSError *error) {
        if (error) {
            NSLog(@"pull failed: %@", error);
        }
    }];
}

#pragma mark - Push

- (void)pushPendingEntries {
    if (self.pushTask != UIBackgroundTaskInvalid) {
        return;
    }
    NSArray<NSDictionary *> *entries = [self.store pendingEntries];
    self.pushTask = [[UIApplication sharedApplication] beginBackgroundTaskWithName:@"Push entries"
                                                                 expirationHandler:^{
        [self endPushTask];
    }];
    [self sendEntries:entries completion:^(NSArray *answer, NSError *error) {
        if (!error) {
            [self.store markAsPushed:entries];
        }
        [self endPushTask];
    }];
}

- (void)endPushTask {
    if (self.pushTask == UIBackgroundTaskInvalid) {
        return;
    }
    [[UIApplication sharedApplication] endBackgroundTask:self.pushTask];
    self.pushTask = UIBackgroundTaskInvalid;
}

#pragma mark - Pull

- (void)pullEntriesWithCompletion:(void (^)(NSError *))completion {
    UIApplication *application = [UIApplication sharedApplication];
    __block UIBackgroundTaskIdentifier pullTask = UIBackgroundTaskInvalid;
    void (^finish)(void) = ^{
        if (pullTask != UIBackgroundTaskInvalid) {
            [application endBackgroundTask:pullTask];
            pullTask = UIBackgroundTaskInvalid;
        }
    };
    pullTask = [application beginBackgroundTaskWithName:@"Pull entries" expirationHandler:^{
        finish();
    }];
    [self sendEntries:@[] completion:^(NSArray *answer, NSError *error) {
        NSError *failure = error;
        if (!failure) {
            [self.store mergeEntries:answer error:&failure];
        }
        completion(failure);
        finish();
    }];
}

- (void)pullAttachmentsOfEntry:(NSString *)entryID {
    UIApplication *application = [UIApplication sharedApplication];
    __block UIBackgroundTaskIdentifier task = UIBackgroundTaskInvalid;
    task = [application beginBackgroundTaskWithName:@"Pull attachments" expirationHandler:^{
        [application endBackgroundTask:task];
        task = UIBackgroundTaskInvalid;
    }];
    __weak typeof(self) weakSelf = self;
    [self fetchPath:[@"attachments" stringByAppendingPathComponent:entryID] completion:^(NSArray *answer, NSError *error) {
        __strong typeof(weakSelf) strongSelf = weakSelf;
        if (strongSelf && !error) {
            [strongSelf.store mergeEntries:answer error:NULL];
        }
        [application endBackgroundTask:task];
        task = UIBackgroundTaskInvalid;
    }];
}

#pragma mark - Store

- (void)compactStore {
    LGRBackgroundActivity *activity = [LGRBackgroundActivity activityNamed:@"Compact"];
    dispatch_group_t group = dispatch_group_create();
    dispatch_group_async(group, dispatch_get_global_queue(QOS_CLASS_UTILITY, 0), ^{
        [self.store compact];
    });
    dispatch_group_notify(group, dispatch_get_main_queue(), ^{
        [activity end];
    });
}

- (void)resetStore {
    LGRBackgroundActivity *activity = [LGRBackgroundActivity activityNamed:@"Reset"];
    self.store = [[LGREntryStore alloc] init];
    [self pullEntriesWithCompletion:^(NSError *error) {
        [activity end];
    }];
}

#pragma mark - Requests

- (void)sendEntries:(NSArray<NSDictionary *> *)entries completion:(void (^)(NSArray *, NSError *))completion {
    NSMutableURLRequest *request = [self.builder requestWithMethod:@"POST" path:@"entries"];
    [request setValue:@"application/json" forHTTPHeaderField:@"Content-Type"];
    request.HTTPBody = [NSJSONSerialization dataWithJSONObject:entries options:0 error:NULL];
    [self performRequest:request completion:completion];
}

- (void)fetchPath:(NSString *)path completion:(void (^)(NSArray *, NSError *))completion {
    [self performRequest:[self.builder requestWithMethod:@"GET" path:path] completion:completion];
}

- (void)performRequest:(NSURLRequest *)request completion:(void (^)(NSArray *, NSError *))completion {
    NSURLSession *session = [LGRTransferCenter sharedCenter].interactiveSession;
    [[session dataTaskWithRequest:request
                completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {
        NSArray *answer = nil;
        if (((NSHTTPURLResponse *)response).statusCode == 200) {
            answer = [NSJSONSerialization JSONObjectWithData:data options:0 error:&error];
        } else if (!error) {
            error = [NSError errorWithDomain:NSURLErrorDomain code:NSURLErrorBadServerResponse userInfo:nil];
        }
        dispatch_async(dispatch_get_main_queue(), ^{
            completion(answer, error);
        });
    }] resume];
}

@end
