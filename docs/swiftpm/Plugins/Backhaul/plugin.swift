import Foundation
import PackagePlugin

/// `swift package backhaul [options of backhaul scan]`: scans the package that it is called in.
@main
struct Backhaul: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) throws {
        let folder = context.package.directoryURL.path
        let cache = context.pluginWorkDirectoryURL.path  // a plugin may write nowhere else
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["backhaul", "scan", folder, "--cache-dir", cache] + arguments
        process.environment = environment()
        try process.run()
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0:
            break
        case 1:
            Diagnostics.error("Backhaul found mistakes.")
        case 127:
            Diagnostics.error("The program backhaul is not installed.")
        default:
            Diagnostics.error("Backhaul could not scan \(folder).")
        }
    }

    /// Xcode does not read a shell's settings: these are the folders where pipx, uv and Homebrew put programs.
    private func environment() -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? ""
        let path = environment["PATH"] ?? "/usr/bin:/bin"
        environment["PATH"] = "\(home)/.local/bin:/opt/homebrew/bin:/usr/local/bin:\(path)"
        return environment
    }
}
