import Foundation

/// Every setting of the transfers in one place: the debug menu shows them.
enum BackupConfiguration {
    static let uploadsIdentifier = "com.example.photobackup.uploads"
    static let server = URL(string: "https://backup.example.com/v2/")!

    /// Uploads go on while the app is suspended, and after it was terminated by the system.
    static func uploads(allowsCellular: Bool) -> URLSessionConfiguration {
        let configuration = URLSessionConfiguration.background(withIdentifier: uploadsIdentifier)
        configuration.allowsCellularAccess = allowsCellular
        configuration.isDiscretionary = false
        configuration.timeoutIntervalForResource = 24 * 60 * 60
        return configuration
    }

    /// Short calls that the user waits for.
    static func api() -> URLSessionConfiguration {
        let configuration = URLSessionConfiguration.default
        configuration.waitsForConnectivity = true
        configuration.timeoutIntervalForRequest = 20
        return configuration
    }
}
