#import "LGREntryStore.h"

@implementation LGREntryStore {
    NSMutableArray<NSDictionary *> *_entries;
    NSMutableSet<NSString *> *_pushed;
}

- (instancetype)init {
    if ((self = [super init])) {
        _entries = [NSMutableArray array];
        _pushed = [NSMutableSet set];
    }
    return self;
}

- (NSArray<NSDictionary *> *)pendingEntries {
    NSPredicate *pending = [NSPredicate predicateWithBlock:^BOOL(NSDictionary *entry, NSDictionary *bindings) {
        return ![self->_pushed containsObject:entry[@"id"]];
    }];
    return [_entries filteredArrayUsingPredicate:pending];
}

- (BOOL)mergeEntries:(NSArray<NSDictionary *> *)entries error:(NSError **)error {
    for (NSDictionary *entry in entries) {
        if (![entry[@"id"] isKindOfClass:[NSString class]]) {
            if (error) {
                *error = [NSError errorWithDomain:@"LGRStore" code:1 userInfo:nil];
            }
            return NO;
        }
        [_entries addObject:entry];
        [_pushed addObject:entry[@"id"]];
    }
    return YES;
}

- (void)markAsPushed:(NSArray<NSDictionary *> *)entries {
    [_pushed addObjectsFromArray:[entries valueForKey:@"id"]];
}

- (void)compact {
    [_entries sortUsingDescriptors:@[ [NSSortDescriptor sortDescriptorWithKey:@"date" ascending:YES] ]];
}

@end
