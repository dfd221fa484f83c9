import UIKit

/// The identifiers of all photos that are on the server, kept in one file.
final class KnownPhotos {
    private let file: URL
    private var identifiers: Set<String> = []
    private var rebuildTask = UIBackgroundTaskIdentifier.invalid

    init(file: URL) {
        self.file = file
        if let data = try? Data(contentsOf: file) {
            identifiers = (try? JSONDecoder().decode(Set<String>.self, from: data)) ?? []
        }
    }

    func contains(_ identifier: String) -> Bool {
        identifiers.contains(identifier)
    }

    func insert(_ identifier: String) throws {
        identifiers.insert(identifier)
        try save()
    }

    /// A file that is written half is worse than none: ask for time.
    func save() throws {
        guard !identifiers.isEmpty else { return }
        let application = UIApplication.shared
        var task = UIBackgroundTaskIdentifier.invalid
        task = application.beginBackgroundTask(withName: "Save known photos") {
            application.endBackgroundTask(task)
            task = .invalid
        }
        defer { application.endBackgroundTask(task) }
        let data = try JSONEncoder().encode(identifiers)
        try data.write(to: file, options: .atomic)
    }

    /// Asks the server for everything it has; takes a while after a reinstall.
    func rebuild(from list: RemoteList) {
        guard rebuildTask == .invalid else { return }
        rebuildTask = UIApplication.shared.beginBackgroundTask(withName: "Rebuild known photos") {
            NSLog("rebuilding the list of known photos ran out of time")
            list.cancel()
            self.endRebuildTask()
        }
        list.load { identifiers in
            self.identifiers = identifiers
            self.endRebuildTask()
        }
    }

    private func endRebuildTask() {
        guard rebuildTask != .invalid else { return }
        UIApplication.shared.endBackgroundTask(rebuildTask)
        rebuildTask = .invalid
    }
}
