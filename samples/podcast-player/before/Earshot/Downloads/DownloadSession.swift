import Foundation

enum DownloadSession {
    static let identifier = "com.example.earshot.downloads"

    /// Episodes are large: let the system fetch them while the app is suspended.
    static let episodes: URLSession = {
        let configuration = URLSessionConfiguration.background(withIdentifier: identifier)
        configuration.allowsExpensiveNetworkAccess = false
        configuration.sessionSendsLaunchEvents = true
        return URLSession(configuration: configuration) // expect: background-session-without-delegate, background-session-events-unhandled
    }()
}
