import SwiftUI

struct EpisodeRow: View {
    let episode: Episode
    @Environment(Library.self) private var library

    var body: some View {
        HStack {
            VStack(alignment: .leading) {
                Text(episode.title).font(.headline)
                Text(library.isDownloaded(episode) ? "On this iPhone" : "Not downloaded")
                    .font(.caption)
                    .foregroundStyle(.secondary)
            }
            Spacer()
            Button("Download", systemImage: "arrow.down.circle") {
                library.download(episode)
            }
            .labelStyle(.iconOnly)
            .disabled(library.isDownloaded(episode))
        }
    }
}
