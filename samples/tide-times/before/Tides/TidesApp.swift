import SwiftUI

@main
struct TidesApp: App {
    @UIApplicationDelegateAdaptor private var delegate: AppDelegate
    @Environment(\.scenePhase) private var scenePhase

    var body: some Scene {
        WindowGroup {
            TabView {
                StationsView()
                SettingsView()
            }
        }
        .onChange(of: scenePhase) { _, phase in
            if phase == .active {
                TDHarbourLine.sharedLine.open()
            }
        }
    }
}
