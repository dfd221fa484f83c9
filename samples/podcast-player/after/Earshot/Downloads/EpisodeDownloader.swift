import Foundation

/// Fetches the audio of episodes, one at a time for each episode.
actor EpisodeDownloader {
    private let session: DownloadSession
    private var running: [Episode.ID: Task<URL, Error>] = [:]

    init(session: DownloadSession = .shared) {
        self.session = session
    }

    func download(_ episode: Episode) async throws -> URL {
        if let task = running[episode.id] {
            return try await task.value
        }
        let task = Task { try await session.download(episode) }
        running[episode.id] = task
        defer { running[episode.id] = nil }
        return try await task.value
    }
}
