#import "TDHarbourLine.h"

@interface TDHarbourLine ()
@property (nonatomic, strong, nullable) NSInputStream *input;
@property (nonatomic, strong, nullable) NSOutputStream *output;
@end

@implementation TDHarbourLine

+ (TDHarbourLine *)sharedLine {
    static TDHarbourLine *line;
    static dispatch_once_t once;
    dispatch_once(&once, ^{
        line = [[TDHarbourLine alloc] init];
    });
    return line;
}

- (void)open {
    NSInputStream *input = nil;
    NSOutputStream *output = nil;
    [NSStream getStreamsToHostWithName:@"harbour.example.com" port:7654 inputStream:&input outputStream:&output];
    self.input = input;
    self.output = output;
    input.delegate = self;
    [input scheduleInRunLoop:NSRunLoop.mainRunLoop forMode:NSDefaultRunLoopMode];
    [input open];
    [output open];
}

- (void)close {
    [self.input close];
    [self.output close];
    self.input = nil;
    self.output = nil;
}

- (void)stream:(NSStream *)stream handleEvent:(NSStreamEvent)event {
    if (event == NSStreamEventErrorOccurred || event == NSStreamEventEndEncountered) {
        [self close];
    } else if (event == NSStreamEventHasBytesAvailable) {
        uint8_t bytes[512];
        NSInteger count = [self.input read:bytes maxLength:sizeof(bytes)];
        if (count > 0) {
            NSData *text = [NSData dataWithBytes:bytes length:(NSUInteger)count];
            [NSNotificationCenter.defaultCenter postNotificationName:@"TDHarbourWarning" object:text];
        }
    }
}

@end
