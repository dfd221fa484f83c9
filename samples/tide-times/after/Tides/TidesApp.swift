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
            switch phase {
            case .active: TDHarbourLine.sharedLine.open()
            case .background: TDHarbourLine.sharedLine.close()
            default: break
            }
        }
    }
}
