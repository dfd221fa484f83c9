#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

@interface LGREntryStore : NSObject

- (NSArray<NSDictionary *> *)pendingEntries;
- (BOOL)mergeEntries:(NSArray<NSDictionary *> *)entries error:(NSError **)error;
- (void)markAsPushed:(NSArray<NSDictionary *> *)entries;
- (void)compact;

@end

NS_ASSUME_NONNULL_END
