import Foundation

struct Station: Codable, Identifiable, Hashable {
    let id: String
    let name: String
    var highWater: Date?
    var lowWater: Date?
}
