import UIKit

/// One stretch of work that should not be suspended; ends at the latest when it goes away.
@MainActor
final class BackgroundActivity {
    private let name: String
    private var identifier = UIBackgroundTaskIdentifier.invalid

    init(name: String) {
        self.name = name
    }

    func begin() {
        guard identifier == .invalid else { return }
        identifier = UIApplication.shared.beginBackgroundTask(withName: name) { [self] in
            end()
        }
    }

    func end() {
        guard identifier != .invalid else { return }
        UIApplication.shared.endBackgroundTask(identifier)
        identifier = .invalid
    }
}
