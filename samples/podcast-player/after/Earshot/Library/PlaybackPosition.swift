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
        finishPause()
        pauseTask = UIApplication.shared.beginBackgroundTask(withName: "Save position") {
            self.finishPause()
        }
        Task {
            try? await client.save(position: position, of: episode)
            finishPause()
        }
    }

    private func finishPause() {
        guard pauseTask != .invalid else { return }
        UIApplication.shared.endBackgroundTask(pauseTask)
        pauseTask = .invalid
    }

    func playbackDidEnd(_ episode: Episode) {
        var identifier = UIBackgroundTaskIdentifier.invalid
        func finish() {
            guard identifier != .invalid else { return }
            UIApplication.shared.endBackgroundTask(identifier)
            identifier = .invalid
        }
        identifier = UIApplication.shared.beginBackgroundTask(withName: "Mark as heard") {
            self.log.warning("no time left to mark \(episode.title) as heard")
            finish()
        }
        Task {
            try? await client.save(position: 1, of: episode)
            finish()
        }
    }

    /// Gives up the position of an episode that is deleted.
    func forget(_ episode: Episode) {
        guard episode == current else { return }
        current = nil
        let activity = BackgroundActivity(name: "Forget position")
        activity.begin()
        Task {
            do {
                try await client.save(position: 0, of: episode)
            } catch {
                log.error("position not forgotten: \(error.localizedDescription)")
            }
            activity.end()
        }
    }
}
