import Network
import OSLog
import UIKit

/// Gives the stations to other phones on the boat, while the app is in front.
final class StationServer: NSObject {
    private let logger = Logger(subsystem: "com.example.tides", category: "sharing")
    private var listener: NWListener?
    private var isPaused = false

    override init() {
        super.init()
        let center = NotificationCenter.default
        center.addObserver(self, selector: #selector(wentToBackground), name: UIApplication.didEnterBackgroundNotification, object: nil)
        center.addObserver(self, selector: #selector(cameBack), name: UIApplication.willEnterForegroundNotification, object: nil)
    }

    func start() {
        guard listener == nil, let listener = try? NWListener(using: .tcp) else { return }
        listener.service = NWListener.Service(name: UIDevice.current.name, type: "_tides._tcp")
        listener.stateUpdateHandler = { [logger] state in
            logger.info("sharing: \(String(describing: state))")
        }
        listener.newConnectionHandler = { [weak self] connection in
            self?.answer(connection)
        }
        listener.start(queue: .main)
        self.listener = listener
    }

    func stop() {
        listener?.cancel()
        listener = nil
    }

    @objc private func wentToBackground() {
        isPaused = listener != nil
        stop()
    }

    @objc private func cameBack() {
        if isPaused {
            start()
        }
    }

    private func answer(_ connection: NWConnection) {
        guard let data = try? JSONEncoder().encode(StationStore.shared.stations) else {
            connection.cancel()
            return
        }
        connection.stateUpdateHandler = { state in
            if case .failed = state {
                connection.cancel()
            }
        }
        connection.start(queue: .main)
        connection.send(content: data, isComplete: true, completion: .contentProcessed { _ in connection.cancel() })
    }
}
