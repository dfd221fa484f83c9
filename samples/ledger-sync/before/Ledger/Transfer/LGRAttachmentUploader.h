#import <Foundation/Foundation.h>
#import "LGRRequestBuilder.h"

NS_ASSUME_NONNULL_BEGIN

/// Sends receipts, exports and diagnostics to the server.
@interface LGRAttachmentUploader : NSObject

- (instancetype)initWithRequestBuilder:(LGRRequestBuilder *)builder;

- (void)uploadReceiptAtURL:(NSURL *)fileURL forEntry:(NSString *)entryID;
- (void)uploadThumbnail:(NSData *)JPEG forEntry:(NSString *)entryID;
- (void)uploadExportAtURL:(NSURL *)fileURL options:(NSDictionary *)options completion:(void (^)(BOOL succeeded))completion;
- (void)streamDiagnosticsFrom:(NSInputStream *)stream;
- (void)pingWithCompletion:(void (^)(BOOL reachable))completion;

@end

NS_ASSUME_NONNULL_END
