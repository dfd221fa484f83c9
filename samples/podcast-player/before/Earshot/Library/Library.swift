import Observation
import UIKit
import os

@MainActor
@Observable
final class Library {
    private(set) var shows: [Show] = []
    private(set) var downloads: [Episode.ID: URL] = [:]

    @ObservationIgnored private let client = FeedClient()
    @ObservationIgnored private let downloader = EpisodeDownloader(folder: .documentsDirectory)
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
        var identifier = UIBackgroundTaskIdentifier.invalid
        identifier = UIApplication.shared.beginBackgroundTask(withName: "Refresh feeds") { [identifier] in
            UIApplication.shared.endBackgroundTask(identifier) // expect: background-task-captured-before-assignment
        }
        Task { [identifier] in
            for (index, show) in shows.enumerated() {
                if let episodes = try? await client.episodes(of: show) {
                    shows[index].episodes = episodes
                }
            }
            UIApplication.shared.endBackgroundTask(identifier)
        }
    }

    /// Deletes the audio of episodes that were heard to the end.
    func prune() {
        _ = UIApplication.shared.beginBackgroundTask(withName: "Prune downloads") // expect: background-task-never-ended
        let heard = shows.flatMap(\.episodes).filter { $0.position > 0.98 }
        Task.detached(priority: .background) { [downloads] in
            for episode in heard {
                guard let file = downloads[episode.id] else { continue }
                try? FileManager.default.removeItem(at: file)
            }
        }
    }
}
