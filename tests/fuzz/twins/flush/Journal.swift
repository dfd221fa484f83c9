import UIKit

@objc final class Journal: NSObject {
    @objc func save(_ entries: [String]) {
        let task = UIApplication.shared.beginBackgroundTask(withName: "save", expirationHandler: nil)
        write(entries)
        Closer.finish(task)
    }

    @objc func saveSome(_ entries: [String]) {
        let task = UIApplication.shared.beginBackgroundTask(withName: "some", expirationHandler: nil) // expect: background-task-not-ended-on-path
        if entries.isEmpty {
            return
        }
        write(entries)
        Closer.finish(task)
    }

    @objc func forget(_ entries: [String]) {
        let task = UIApplication.shared.beginBackgroundTask(withName: "forget", expirationHandler: nil) // expect: background-task-never-ended
        write(entries)
        Closer.note(task)
    }

    private func write(_ entries: [String]) {
        print(entries)
    }
}
