import SwiftUI

struct SettingsView: View {
    @State private var isShared = false
    @State private var server = StationServer()

    var body: some View {
        Form {
            Toggle("Share stations on this network", isOn: $isShared)
            Button("Load charts tonight") { ChartTask.shared.schedule() }
            Button("Warnings tonight") { WarningTask.shared.schedule() }
            Button("Clean up tonight") { CleanupTask.shared.schedule() }
        }
        .onChange(of: isShared) { _, isOn in
            if isOn {
                server.start()
            } else {
                server.isWanted = false
            }
        }
        .onAppear { CleanupTask.shared.register() }
        .tabItem { Label("Settings", systemImage: "gear") }
    }
}
