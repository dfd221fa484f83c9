import Foundation

enum TideError: Error {
    case refused
}

/// Asks the tide service, with a session that lives as long as the app.
struct TideClient {
    static let tables = URL(string: "https://tides.example.com/tables.json")!
    static let charts = URL(string: "https://tides.example.com/charts.json")!
    static let latest = URL(string: "https://tides.example.com/warnings.json")!

    func stations() async throws -> [Station] {
        try JSONDecoder().decode([Station].self, from: try await load(Self.tables))
    }

    func charts() async throws -> [URL] {
        try JSONDecoder().decode([URL].self, from: try await load(Self.charts))
    }

    func warnings() async throws -> [String] {
        try JSONDecoder().decode([String].self, from: try await load(Self.latest))
    }

    private func load(_ address: URL) async throws -> Data {
        let (data, response) = try await URLSession.shared.data(from: address)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw TideError.refused
        }
        return data
    }
}
