import SwiftUI

@main
struct TidesApp: App {
    @UIApplicationDelegateAdaptor private var delegate: AppDelegate

    var body: some Scene {
        WindowGroup {
            TabView {
                StationsView()
                SettingsView()
            }
        }
    }
}
