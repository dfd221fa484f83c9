import Foundation
import Observation

/// The stations that the user follows, kept in the container that the share extension sees too.
@Observable
final class StationStore {
    static let shared = StationStore()
    private(set) var stations: [Station] = []
    var warnings: [String] = []
    private let file: URL

    init() {
        let folder = FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: "group.com.example.tides")
        file = (folder ?? URL.temporaryDirectory).appending(path: "stations.json")
        if let data = try? Data(contentsOf: file), let kept = try? JSONDecoder().decode([Station].self, from: data) {
            stations = kept
        }
    }

    func replace(with fresh: [Station]) {
        stations = fresh
        if let data = try? JSONEncoder().encode(fresh) {
            try? data.write(to: file, options: .atomic)
        }
    }

    func removeOldTables() {
        replace(with: stations.filter { ($0.lowWater ?? .distantFuture) > .now })
    }
}
