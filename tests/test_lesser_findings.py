"""Findings that are notes under some circumstances, and what their rule says of them otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from backhaul.cli import main

TLS = """#import <Foundation/Foundation.h>

NSURLSessionConfiguration *configured(NSString *wanted) {
    NSURLSessionConfiguration *configuration = [NSURLSessionConfiguration defaultSessionConfiguration];
    if ([wanted isEqualToString:@"old"]) {
        configuration.TLSMinimumSupportedProtocol = kTLSProtocol1;
    } else {
        configuration.TLSMinimumSupportedProtocol = kTLSProtocol11;
    }
    return configuration;
}
"""

LENGTHS = """import Foundation

func measured(_ url: URL, _ body: Data) -> URLRequest {
    var request = URLRequest(url: url)
    request.httpBody = body
    request.setValue("\\(body.count)", forHTTPHeaderField: "Content-Length")
    return request
}

func fixed(_ url: URL, _ body: Data) -> URLRequest {
    var request = URLRequest(url: url)
    request.httpBody = body
    request.setValue("512", forHTTPHeaderField: "Content-Length")
    return request
}
"""

QUEUES = """#import <UIKit/UIKit.h>

@interface Covers : UIViewController
@end

@implementation Covers

- (void)loadLater:(NSURLRequest *)request {
    dispatch_async(dispatch_get_global_queue(DISPATCH_QUEUE_PRIORITY_LOW, 0), ^{
        NSData *data = [NSURLConnection sendSynchronousRequest:request returningResponse:nil error:nil];
        NSLog(@"%@", data);
    });
}

- (void)viewDidLoad {
    NSURLRequest *request = [NSURLRequest requestWithURL:[NSURL URLWithString:@"https://example.com"]];
    NSData *data = [NSURLConnection sendSynchronousRequest:request returningResponse:nil error:nil];
    NSLog(@"%@", data);
}

@end
"""

TASKS = """import UIKit

func closing(_ store: () -> Void) {
    let task = UIApplication.shared.beginBackgroundTask(withName: "close") {}
    store()
    UIApplication.shared.endBackgroundTask(task)
}

func waiting(_ store: () async -> Void) async {
    let task = await UIApplication.shared.beginBackgroundTask(withName: "close") {}
    await store()
    await UIApplication.shared.endBackgroundTask(task)
}
"""

SESSIONS = """import Foundation

final class Requests: NSObject, URLSessionDelegate {
    func session(_ follows: Bool) -> URLSession {
        if follows { return URLSession.shared }
        return URLSession(configuration: .default, delegate: self, delegateQueue: nil)
    }
}

func fetch(_ request: URLRequest, _ requests: Requests, done: @escaping (Data?) -> Void) {
    let session = requests.session(false)
    session.dataTask(with: request) { data, _, _ in
        session.finishTasksAndInvalidate()
        done(data)
    }.resume()
}
"""

EXTENSION = """import UserNotifications

final class NotificationService: UNNotificationServiceExtension {
    override func didReceive(_ request: UNNotificationRequest,
                             withContentHandler handler: @escaping (UNNotificationContent) -> Void) {
        let session = URLSession(configuration: .default)
        session.downloadTask(with: URL(string: "https://example.com/a.png")!) { _, _, _ in
            handler(request.content)
        }.resume()
    }
}
"""

ASKING = """#import <Foundation/Foundation.h>

@interface Shelf : NSObject
@end

@implementation Shelf

- (void)load:(NSURLRequest *)request {
    if ([NSThread isMainThread]) {
        dispatch_async(dispatch_get_global_queue(DISPATCH_QUEUE_PRIORITY_DEFAULT, 0), ^{
            [self fetch:request];
        });
    } else {
        [self fetch:request];
    }
}

- (NSData *)fetch:(NSURLRequest *)request {
    return [NSURLConnection sendSynchronousRequest:request returningResponse:nil error:nil];
}

@end
"""

ENDED_BY_DELEGATE = """import Foundation

final class Receiver: NSObject, URLSessionDownloadDelegate {
    var done: ((URL) -> Void)?

    func receive(_ request: URLRequest, with session: URLSession) {
        session.downloadTask(with: request).resume()
    }

    func urlSession(
        _ session: URLSession, downloadTask: URLSessionDownloadTask, didFinishDownloadingTo location: URL
    ) {
        finish(session, location)
    }

    private func finish(_ session: URLSession, _ location: URL) {
        session.finishTasksAndInvalidate()
        done?(location)
    }
}

func fetch(_ request: URLRequest) {
    let receiver = Receiver()
    let session = URLSession(configuration: .default, delegate: receiver, delegateQueue: nil)
    session.downloadTask(with: request).resume()
}
"""

SAVED_ON_ONE_PLATFORM = """#import <UIKit/UIKit.h>

@implementation Store

- (NSError *)save {
#if TARGET_OS_IOS
    NSUInteger task = [[UIApplication sharedApplication] beginBackgroundTaskWithExpirationHandler:^{
    }];
#endif
    NSError *error = nil;
    [self write:&error];
#if TARGET_OS_IOS
    [[UIApplication sharedApplication] endBackgroundTask:task];
#endif
    return error;
}

@end
"""

DIAGNOSED = """import Network

final class TLSDiagnostics {
    func options() -> NWProtocolTLS.Options {
        let options = NWProtocolTLS.Options()
        sec_protocol_options_set_verify_block(options.securityProtocolOptions, { _, _, completion in
            completion(true)
        }, .main)
        return options
    }
}
"""

UNFETCHED = """import Foundation

final class SpeedCheck: NSObject, URLSessionDownloadDelegate {
    func start(_ url: URL) {
        let session = URLSession(configuration: .default, delegate: self, delegateQueue: nil)
        session.downloadTask(with: url).resume()
    }

    func urlSession(
        _ session: URLSession, downloadTask: URLSessionDownloadTask, didFinishDownloadingTo location: URL
    ) {
        session.finishTasksAndInvalidate()
    }
}
"""

ENDED_BY_ITSELF = """#import <Foundation/Foundation.h>

@interface Call : NSObject <NSURLSessionDataDelegate>
@property (nonatomic, strong) NSURLSession *session;
@property (nonatomic, strong) NSURLRequest *request;
@end

@implementation Call

- (instancetype)initWithRequest:(NSURLRequest *)request {
    self = [super init];
    self.request = request;
    NSURLSessionConfiguration *configuration = [NSURLSessionConfiguration defaultSessionConfiguration];
    self.session = [NSURLSession sessionWithConfiguration:configuration delegate:self delegateQueue:nil];
    return self;
}

- (void)send {
    [[self.session dataTaskWithRequest:self.request] resume];
}

- (void)URLSession:(NSURLSession *)session
              task:(NSURLSessionTask *)task
    didCompleteWithError:(NSError *)error {
    [session finishTasksAndInvalidate];
}

@end

@interface Shop : NSObject
@end

@implementation Shop

- (void)buy:(NSURLRequest *)request {
    Call *call = [[Call alloc] initWithRequest:request];
    [call send];
}

@end
"""

WORKERS = """#import <Foundation/Foundation.h>
#import <Cordova/CDVPlugin.h>

@interface Check : NSOperation
@end

@implementation Check

- (void)main {
    NSURLRequest *request = [NSURLRequest requestWithURL:[NSURL URLWithString:@"https://example.com"]];
    [NSURLConnection sendSynchronousRequest:request returningResponse:nil error:nil];
}

@end

@interface Sync : CDVPlugin
@end

@implementation Sync

- (void)sync:(CDVInvokedUrlCommand *)command {
    __weak Sync *weakSelf = self;
    [self.commandDelegate runInBackground:^{
        [weakSelf fetch:command];
    }];
}

- (void)fetch:(CDVInvokedUrlCommand *)command {
    NSURLRequest *request = [NSURLRequest requestWithURL:[NSURL URLWithString:[command argumentAtIndex:0]]];
    [NSURLConnection sendSynchronousRequest:request returningResponse:nil error:nil];
}

@end
"""

BYPASSING = """import Foundation

final class Page: NSObject, URLSessionDelegate {
    var goesOnAnyway = false

    func urlSession(
        _ session: URLSession, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        guard goesOnAnyway, let credential = credential(challenge.protectionSpace.serverTrust) else {
            completionHandler(.performDefaultHandling, nil)
            return
        }
        completionHandler(.useCredential, credential)
    }

    func credential(_ trust: SecTrust?) -> URLCredential? {
        if let trust { return URLCredential(trust: trust) }
        return nil
    }
}
"""

STREAMED = """#import <Foundation/Foundation.h>

@interface Upload : NSObject <NSURLConnectionDataDelegate>
@property (nonatomic, strong) NSURLConnection *connection;
@end

@implementation Upload

- (void)upload:(NSString *)path to:(NSURL *)url {
    NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:url];
    request.HTTPBodyStream = [NSInputStream inputStreamWithFileAtPath:path];
    self.connection = [[NSURLConnection alloc] initWithRequest:request delegate:self];
}

- (void)check:(NSURL *)url {
    [[[NSURLSession sharedSession] dataTaskWithURL:url] resume];
}

@end
"""

CALLERS = """#import <UIKit/UIKit.h>

@interface Server : NSObject
@end

@implementation Server

+ (NSData *)scores:(NSString *)team :(NSURLRequest *)request {
    return [NSURLConnection sendSynchronousRequest:request returningResponse:nil error:nil];
}

+ (NSData *)post:(NSURLRequest *)request {
    return [NSURLConnection sendSynchronousRequest:request returningResponse:nil error:nil];
}

+ (NSData *)teams:(NSURLRequest *)request {
    return [NSURLConnection sendSynchronousRequest:request returningResponse:nil error:nil];
}

@end

@interface PostScores : NSOperation
@property (nonatomic, strong) NSURLRequest *request;
@end

@implementation PostScores

- (void)main {
    [self postAll];
}

- (void)postAll {
    [Server post:self.request];
}

@end

@interface Scores : UIViewController
@property (nonatomic, strong) NSURLRequest *request;
@property (nonatomic, strong) UIButton *button;
@end

@implementation Scores

- (void)viewDidLoad {
    [self performSelectorInBackground:@selector(load) withObject:nil];
    [self.button addTarget:self action:@selector(refresh) forControlEvents:UIControlEventTouchUpInside];
}

- (void)load {
    [self show:[Server scores:@"a" :self.request]];
}

- (void)refresh {
    [self show:[Server teams:self.request]];
}

- (void)show:(NSData *)data {
}

@end
"""

FLAGS = """import UIKit

func keepAlive(_ application: UIApplication) {
    #if KEEPS_ALIVE && os(iOS)
    _ = application.setKeepAliveTimeout(600) {}
    #endif
    #if !NEVER_KEEPS_ALIVE && os(iOS)
    _ = application.setKeepAliveTimeout(600) {}
    #endif
}
"""

STOPPING = """import UIKit

final class Backup {
    var work: Task<Void, Never>?

    func run() {
        work = Task {
            let task = await UIApplication.shared.beginBackgroundTask(withName: "backup") { [weak self] in
                self?.giveUp()
            }
            let other = await UIApplication.shared.beginBackgroundTask(withName: "other") { print("late") }
            await Task.yield()
            await UIApplication.shared.endBackgroundTask(task)
            await UIApplication.shared.endBackgroundTask(other)
        }
    }

    func giveUp() {
        work?.cancel()
    }
}
"""

KEPT_ALIVE = """#import <UIKit/UIKit.h>

@implementation Service

- (void)install:(UIApplication *)application {
#ifdef APP_KEEPS_ALIVE
    [application setKeepAliveTimeout:600 handler:nil];
#endif
#if TARGET_OS_IPHONE && !TARGET_IPHONE_SIMULATOR
    [application setKeepAliveTimeout:601 handler:nil];
#endif
#ifndef APP_EXTENSION
    [application setKeepAliveTimeout:602 handler:nil];
#endif
}

@end
"""

STREAMS = """#import <Foundation/Foundation.h>

void secure(Connection *connection, NSInputStream *stream) {
    NSMutableDictionary *settings = [NSMutableDictionary dictionary];
    if (connection.isSecure) {
        settings[(id)kCFStreamSSLValidatesCertificateChain] = @NO;
    }
    if (!connection.validatesSecureCertificate) {
        settings[(id)kCFStreamSSLAllowsAnyRoot] = @YES;
    }
    [stream setProperty:settings forKey:(id)kCFStreamPropertySSLSettings];
}
"""

CHOSEN = """import Foundation

final class Delegate: NSObject, URLSessionDelegate {
    let environment = Environment.staging
    var allowsInvalidCertificates = false
    var isOurs = false

    func urlSession(
        _ session: URLSession, didReceive challenge: URLAuthenticationChallenge
    ) async -> (URLSession.AuthChallengeDisposition, URLCredential?) {
        let trust = challenge.protectionSpace.serverTrust!
        if environment == .staging {
            return (.useCredential, URLCredential(trust: trust))
        }
        if allowsInvalidCertificates {
            return (.useCredential, URLCredential(trust: trust))
        }
        if isOurs {
            return (.useCredential, URLCredential(trust: trust))
        }
        return (.performDefaultHandling, nil)
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge
    ) async -> (URLSession.AuthChallengeDisposition, URLCredential?) {
        if latest.isEmpty || contestant != nil {
            print("not a test")
        }
        return (.useCredential, URLCredential(trust: challenge.protectionSpace.serverTrust!))
    }
}
"""

CASES = [
    ("legacy-voip-socket", "a.m", KEPT_ALIVE, ["warning", "error", "error"]),
    ("tls-trust-all", "a.m", STREAMS, ["warning", "note"]),
    ("tls-trust-all", "a.swift", CHOSEN, ["note", "warning", "error"]),
    ("tls-trust-all", "a.swift", BYPASSING, ["warning"]),
    ("tls-minimum-version-lowered", "a.m", TLS, ["note", "warning"]),
    ("reserved-header-set", "a.swift", LENGTHS, ["note", "warning"]),
    ("synchronous-networking", "a.m", QUEUES, ["note", "warning"]),
    ("background-task-expiration-does-not-end", "a.swift", TASKS, ["note", "error"]),
    ("session-per-request", "a.swift", SESSIONS, ["note"]),
    ("session-per-request", "a.swift", EXTENSION, ["note"]),
    ("synchronous-networking", "a.m", ASKING, ["note"]),
    ("session-per-request", "a.swift", ENDED_BY_DELEGATE, ["note"]),
    ("session-per-request", "a.m", ENDED_BY_ITSELF, ["note"]),
    ("background-task-expiration-does-not-end", "a.m", SAVED_ON_ONE_PLATFORM, ["note"]),
    ("tls-trust-all", "a.swift", DIAGNOSED, ["warning"]),
    ("download-file-not-moved", "a.swift", UNFETCHED, ["warning"]),
    ("synchronous-networking", "a.m", WORKERS, ["note", "note"]),
    ("stream-body-not-replayable", "a.m", STREAMED, []),
    ("legacy-voip-socket", "a.swift", FLAGS, ["warning", "error"]),
    ("background-task-expiration-does-not-end", "a.swift", STOPPING, ["warning", "error"]),
    ("synchronous-networking", "a.m", CALLERS, ["note", "note", "warning"]),
]


@pytest.mark.parametrize(("rule", "name", "text", "severities"), CASES, ids=range(len(CASES)))
def test_severity(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rule: str,
    name: str,
    text: str,
    severities: list[str],
):
    (tmp_path / name).write_text(text)
    main(["scan", str(tmp_path), "--no-cache", "--format", "json", "--select", rule])
    findings = json.loads(capsys.readouterr().out)["findings"]
    in_order = sorted(findings, key=lambda finding: finding["region"]["startLine"])
    assert [finding["severity"] for finding in in_order] == severities


@pytest.mark.parametrize(("work", "severity"), [("", "note"), ("        load()\n", "error")])
def test_a_hook_that_only_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], work: str, severity: str
):
    """What the system never calls is no loss where it does nothing."""
    (tmp_path / "Info.plist").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>CFBundlePackageType</key>'
        "<string>APPL</string><key>LSRequiresIPhoneOS</key><true/></dict></plist>"
    )
    (tmp_path / "AppDelegate.swift").write_text(
        "import UIKit\n\nclass AppDelegate: UIResponder, UIApplicationDelegate {\n"
        "    func application(_ application: UIApplication, performFetchWithCompletionHandler done: "
        "@escaping (UIBackgroundFetchResult) -> Void) {\n"
        f"{work}        done(.newData)\n    }}\n\n    func load() {{}}\n}}\n"
    )
    main(["scan", str(tmp_path), "--no-cache", "--format", "json", "--select", "background-mode-missing"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [finding["severity"] for finding in findings] == [severity]
