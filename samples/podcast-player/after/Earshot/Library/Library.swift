import Observation
import UIKit
import os

@MainActor
@Observable
final class Library {
    private(set) var shows: [Show] = []
    private(set) var downloads: [Episode.ID: URL] = [:]

    @ObservationIgnored private let client = FeedClient()
    @ObservationIgnored private let downloader = EpisodeDownloader()
    @ObservationIgnored private let log = Logger(subsystem: "com.example.earshot", category: "library")

    func isDownloaded(_ episode: Episode) -> Bool {
        downloads[episode.id] != nil
    }

    func download(_ episode: Episode) {
        Task {
            do {
                downloads[episode.id] = try await downloader.download(episode)
            } catch {
                log.error("\(episode.title): \(error.localizedDescription)")
            }
        }
    }

    /// Asks every feed for new episodes; goes on when the user leaves the app.
    func refresh() {
        let activity = BackgroundActivity(name: "Refresh feeds")
        activity.begin()
        Task {
            defer { activity.end() }
            for (index, show) in shows.enumerated() {
                if let episodes = try? await client.episodes(of: show) {
                    shows[index].episodes = episodes
                }
            }
        }
    }

    /// Deletes the audio of episodes that were heard to the end.
    func prune() {
        let heard = shows.flatMap(\.episodes).filter { $0.position > 0.98 }
        var identifier = UIBackgroundTaskIdentifier.invalid
        identifier = UIApplication.shared.beginBackgroundTask(withName: "Prune downloads") {
            UIApplication.shared.endBackgroundTask(identifier)
            identifier = .invalid
        }
        Task.detached(priority: .background) { [downloads, identifier] in
            for episode in heard {
                guard let file = downloads[episode.id] else { continue }
                try? FileManager.default.removeItem(at: file)
            }
            await UIApplication.shared.endBackgroundTask(identifier)
        }
    }
}
