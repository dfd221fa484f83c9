#import <UIKit/UIKit.h>

NS_ASSUME_NONNULL_BEGIN

/// Brings the local ledger and the server together.
@interface LGRSyncEngine : NSObject

+ (instancetype)sharedEngine;

- (void)start;
- (void)pushPendingEntries;
- (void)pullEntriesWithCompletion:(void (^)(NSError *_Nullable error))completion;
- (void)pullAttachmentsOfEntry:(NSString *)entryID;
- (void)compactStore;
- (void)resetStore;

@end

NS_ASSUME_NONNULL_END
