import Foundation

/// Fetches the audio of episodes, one at a time for each episode.
actor EpisodeDownloader {
    private let session: URLSession
    private let folder: URL
    private var running: [Episode.ID: Task<URL, Error>] = [:]

    init(session: URLSession = DownloadSession.episodes, folder: URL) {
        self.session = session
        self.folder = folder
    }

    func download(_ episode: Episode) async throws -> URL {
        if let task = running[episode.id] {
            return try await task.value
        }
        let task = Task { try await fetch(episode) }
        running[episode.id] = task
        defer { running[episode.id] = nil }
        return try await task.value
    }

    private func fetch(_ episode: Episode) async throws -> URL {
        let (temporary, response) = try await session.download(from: episode.audio) // expect: background-session-async
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw FeedError.unavailable(episode.audio)
        }
        let file = folder.appending(path: episode.id + ".m4a")
        try? FileManager.default.removeItem(at: file)
        try FileManager.default.moveItem(at: temporary, to: file)
        return file
    }
}
