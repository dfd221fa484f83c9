#import <Foundation/Foundation.h>
#import "LGRRequestBuilder.h"

NS_ASSUME_NONNULL_BEGIN

/// Sends receipts, exports and diagnostics to the server.
@interface LGRAttachmentUploader : NSObject

- (instancetype)initWithRequestBuilder:(LGRRequestBuilder *)builder;

- (BOOL)uploadReceiptAtURL:(NSURL *)fileURL forEntry:(NSString *)entryID error:(NSError **)error;
- (BOOL)uploadThumbnail:(NSData *)JPEG forEntry:(NSString *)entryID error:(NSError **)error;
- (void)uploadExportAtURL:(NSURL *)fileURL options:(NSDictionary *)options completion:(void (^)(BOOL succeeded))completion;
- (void)uploadDiagnosticsAtURL:(NSURL *)fileURL;
- (void)pingWithCompletion:(void (^)(BOOL reachable))completion;

@end

NS_ASSUME_NONNULL_END
