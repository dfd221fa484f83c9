import UIKit

/// The identifiers of all photos that are on the server, kept in one file.
final class KnownPhotos {
    private let file: URL
    private var identifiers: Set<String> = []

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
        let application = UIApplication.shared
        let task = application.beginBackgroundTask(withName: "Save known photos", expirationHandler: nil) // expect: background-task-not-ended-on-path
        guard !identifiers.isEmpty else { return }
        let data = try JSONEncoder().encode(identifiers)
        try data.write(to: file, options: .atomic)
        application.endBackgroundTask(task)
    }

    /// Asks the server for everything it has; takes a while after a reinstall.
    func rebuild(from list: RemoteList) {
        var task = UIBackgroundTaskIdentifier.invalid
        task = UIApplication.shared.beginBackgroundTask(withName: "Rebuild known photos") { // expect: background-task-expiration-does-not-end
            NSLog("rebuilding the list of known photos ran out of time")
            list.cancel()
        }
        list.load { identifiers in
            self.identifiers = identifiers
            UIApplication.shared.endBackgroundTask(task)
        }
    }
}
