#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/// Tiles of the map on disk.
@interface FNTileCache : NSObject

@property (class, nonatomic, readonly) FNTileCache *shared;

/// Moves the file at `URL` into the cache before it returns.
- (void)addTileAtURL:(NSURL *)URL named:(NSString *)name;
- (void)fetchTileNamed:(NSString *)name fromURL:(NSURL *)URL;
- (void)reportMissingTiles:(NSArray<NSString *> *)names toURL:(NSURL *)URL;

@end

NS_ASSUME_NONNULL_END
