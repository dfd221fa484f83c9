import Foundation

struct Episode: Codable, Identifiable, Hashable {
    let id: String
    let title: String
    let audio: URL
    var position: TimeInterval = 0
}

struct Show: Codable, Identifiable, Hashable {
    let id: String
    let title: String
    let feed: URL
    var episodes: [Episode] = []
}
