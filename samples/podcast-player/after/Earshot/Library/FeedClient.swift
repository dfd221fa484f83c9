import Foundation

/// Reads feeds and keeps the listening position on the server; the user waits for both.
struct FeedClient {
    static let server = URL(string: "https://api.earshot.example.com/")!

    private let session = URLSession(configuration: .ephemeral)

    func episodes(of show: Show) async throws -> [Episode] {
        let (data, response) = try await session.data(from: show.feed)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else { throw FeedError.unavailable(show.feed) }
        return try JSONDecoder().decode([Episode].self, from: data)
    }

    func save(position: TimeInterval, of episode: Episode) async throws {
        var request = URLRequest(url: Self.server.appending(path: "positions/\(episode.id)"))
        request.httpMethod = "PUT"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let (_, response) = try await session.upload(for: request, from: JSONEncoder().encode(position))
        guard (response as? HTTPURLResponse)?.statusCode == 204 else { throw FeedError.unavailable(Self.server) }
    }
}

enum FeedError: Error {
    case unavailable(URL)
}
