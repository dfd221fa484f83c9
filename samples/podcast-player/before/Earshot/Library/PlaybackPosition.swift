import UIKit
import os

/// Remembers on the server where the user stopped listening.
@MainActor
final class PlaybackPosition {
    private let client: FeedClient
    private let log = Logger(subsystem: "com.example.earshot", category: "position")
    private var current: Episode?
    private var pauseTask = UIBackgroundTaskIdentifier.invalid

    init(client: FeedClient) {
        self.client = client
    }

    /// The user put the phone away: the position should be saved before the app is suspended.
    func playbackDidPause(_ episode: Episode, at position: TimeInterval) {
        current = episode
        pauseTask = UIApplication.shared.beginBackgroundTask(withName: "Save position") { // expect: background-task-identifier-overwritten
            self.finishPause()
        }
        Task {
            try? await client.save(position: position, of: episode)
            finishPause()
        }
    }

    private func finishPause() {
        UIApplication.shared.endBackgroundTask(pauseTask)
        pauseTask = .invalid
    }

    func playbackDidEnd(_ episode: Episode) {
        var identifier = UIBackgroundTaskIdentifier.invalid
        identifier = UIApplication.shared.beginBackgroundTask(withName: "Mark as heard") { // expect: background-task-expiration-does-not-end
            self.log.warning("no time left to mark \(episode.title) as heard")
        }
        Task {
            try? await client.save(position: 1, of: episode)
            UIApplication.shared.endBackgroundTask(identifier)
        }
    }

    /// Gives up the position of an episode that is deleted.
    func forget(_ episode: Episode) {
        let identifier = UIApplication.shared.beginBackgroundTask(withName: "Forget position", expirationHandler: nil) // expect: background-task-not-ended-on-path, background-task-no-expiration-handler
        guard episode == current else { return }
        current = nil
        Task {
            try? await client.save(position: 0, of: episode)
            UIApplication.shared.endBackgroundTask(identifier)
        }
    }
}
