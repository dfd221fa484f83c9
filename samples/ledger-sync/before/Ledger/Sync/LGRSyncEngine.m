#import "LGRSyncEngine.h"
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
    NSArray<NSDictionary *> *entries = [self.store pendingEntries];
    self.pushTask = [[UIApplication sharedApplication] beginBackgroundTaskWithName:@"Push entries" // expect: background-task-identifier-overwritten
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
    [[UIApplication sharedApplication] endBackgroundTask:self.pushTask];
    self.pushTask = UIBackgroundTaskInvalid;
}

#pragma mark - Pull

- (void)pullEntriesWithCompletion:(void (^)(NSError *))completion {
    UIApplication *application = [UIApplication sharedApplication];
    UIBackgroundTaskIdentifier pullTask = UIBackgroundTaskInvalid;
    pullTask = [application beginBackgroundTaskWithName:@"Pull entries" expirationHandler:^{
        [application endBackgroundTask:pullTask]; // expect: background-task-captured-before-assignment
    }];
    [self sendEntries:@[] completion:^(NSArray *answer, NSError *error) {
        NSError *failure = error;
        if (!failure) {
            [self.store mergeEntries:answer error:&failure];
        }
        completion(failure);
        [application endBackgroundTask:pullTask];
    }];
}

- (void)pullAttachmentsOfEntry:(NSString *)entryID {
    UIApplication *application = [UIApplication sharedApplication];
    __block UIBackgroundTaskIdentifier task = UIBackgroundTaskInvalid;
    task = [application beginBackgroundTaskWithName:@"Pull attachments" expirationHandler:nil]; // expect: background-task-not-ended-on-path, background-task-no-expiration-handler
    __weak typeof(self) weakSelf = self;
    [self fetchPath:[@"attachments" stringByAppendingPathComponent:entryID] completion:^(NSArray *answer, NSError *error) {
        __strong typeof(weakSelf) strongSelf = weakSelf;
        if (!strongSelf || error) {
            return;
        }
        [strongSelf.store mergeEntries:answer error:NULL];
        [application endBackgroundTask:task];
        task = UIBackgroundTaskInvalid;
    }];
}

#pragma mark - Store

- (void)compactStore {
    UIBackgroundTaskIdentifier task = [[UIApplication sharedApplication] beginBackgroundTaskWithExpirationHandler:nil]; // expect: background-task-never-ended
    dispatch_async(dispatch_get_global_queue(QOS_CLASS_UTILITY, 0), ^{
        [self.store compact];
        NSLog(@"compacted in task %lu", (unsigned long)task);
    });
}

- (void)resetStore {
    __block UIBackgroundTaskIdentifier task;
    task = [[UIApplication sharedApplication] beginBackgroundTaskWithName:@"Reset" expirationHandler:^{ // expect: background-task-expiration-does-not-end
        NSLog(@"reset ran out of time, the store may be incomplete");
    }];
    self.store = [[LGREntryStore alloc] init];
    [self pullEntriesWithCompletion:^(NSError *error) {
        [[UIApplication sharedApplication] endBackgroundTask:task];
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
