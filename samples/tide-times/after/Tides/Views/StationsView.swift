import SwiftUI

struct StationsView: View {
    @State private var store = StationStore.shared

    var body: some View {
        List(store.stations) { station in
            LabeledContent(station.name, value: station.highWater?.formatted(date: .omitted, time: .shortened) ?? "–")
        }
        .refreshable {
            if let fresh = try? await TideClient().stations() {
                store.replace(with: fresh)
            }
        }
        .tabItem { Label("Tides", systemImage: "water.waves") }
    }
}
