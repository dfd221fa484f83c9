import Foundation

@objc final class Settings: NSObject {
    @objc static func wire(forName name: String) -> URLSessionConfiguration {
        let configuration = URLSessionConfiguration.background(withIdentifier: name)
        configuration.isDiscretionary = true
        return configuration
    }
}
