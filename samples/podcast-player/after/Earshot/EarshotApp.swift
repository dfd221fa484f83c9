import SwiftUI

@main
struct EarshotApp: App {
    @State private var library = Library()
    @Environment(\.scenePhase) private var scenePhase

    var body: some Scene {
        WindowGroup {
            NavigationStack {
                List(library.shows) { show in
                    Section(show.title) {
                        ForEach(show.episodes) { EpisodeRow(episode: $0) }
                    }
                }
                .navigationTitle("Earshot")
                .refreshable { library.refresh() }
            }
            .environment(library)
        }
        .onChange(of: scenePhase) { _, phase in
            if phase == .background {
                library.prune()
            }
        }
        .backgroundTask(.urlSession(DownloadSession.identifier)) {
            _ = DownloadSession.shared.session
        }
        .backgroundTask(.urlSession(VoiceMessageUploader.identifier)) {
            _ = VoiceMessageUploader.shared.session
        }
    }
}
