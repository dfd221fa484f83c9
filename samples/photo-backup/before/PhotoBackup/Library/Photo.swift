import Foundation

struct Photo: Codable, Hashable {
    let identifier: String
    let fileName: String
    let takenAt: Date
}

struct Album: Codable {
    let identifier: String
    let title: String
    let photos: [Photo]
}
