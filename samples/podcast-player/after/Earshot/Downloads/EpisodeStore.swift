import Foundation

/// Where the audio of downloaded episodes lies.
enum EpisodeStore {
    static let folder = URL.documentsDirectory.appending(path: "Episodes", directoryHint: .isDirectory)

    static func file(for id: Episode.ID) -> URL {
        folder.appending(path: id + ".m4a")
    }
}
