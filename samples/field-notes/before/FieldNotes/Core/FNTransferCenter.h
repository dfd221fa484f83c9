#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

@class FNTransferCenter;

@protocol FNTransferCenterObserver <NSObject>
- (void)transferCenter:(FNTransferCenter *)center didFinishTransfer:(NSString *)name error:(nullable NSError *)error;
@end

/// The networking core, older than the Swift part of the app: owns the sessions for notes and attachments.
@interface FNTransferCenter : NSObject

@property (class, nonatomic, readonly) FNTransferCenter *shared;

@property (nonatomic, readonly) NSURLSession *notesSession;
@property (nonatomic, readonly) NSURLSession *attachmentSession;
@property (nonatomic, weak, nullable) id<FNTransferCenterObserver> observer;

/// For the app delegate: called on the main queue once all events of the session are delivered.
- (void)setEventsHandler:(void (^)(void))handler forSession:(NSString *)identifier;

@end

NS_ASSUME_NONNULL_END
