import UIKit

final class BackupViewController: UIViewController {
    private let progress = UIProgressView(progressViewStyle: .default)
    private let status = UILabel()
    private let center: BackupCenter

    init(center: BackupCenter) {
        self.center = center
        super.init(nibName: nil, bundle: nil)
        title = "Backup"
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) {
        fatalError("made in code")
    }

    override func viewDidLoad() {
        super.viewDidLoad()
        view.backgroundColor = .systemBackground
        status.text = "Up to date"
        navigationItem.rightBarButtonItem = UIBarButtonItem(
            barButtonSystemItem: .refresh, target: self, action: #selector(scan))
        let stack = UIStackView(arrangedSubviews: [status, progress])
        stack.axis = .vertical
        stack.spacing = 12
        stack.translatesAutoresizingMaskIntoConstraints = false
        view.addSubview(stack)
        NSLayoutConstraint.activate([
            stack.leadingAnchor.constraint(equalTo: view.layoutMarginsGuide.leadingAnchor),
            stack.trailingAnchor.constraint(equalTo: view.layoutMarginsGuide.trailingAnchor),
            stack.centerYAnchor.constraint(equalTo: view.centerYAnchor),
        ])
    }

    @objc private func scan() {
        center.scanLibrary { [weak self] found in
            self?.status.text = found == 0 ? "Up to date" : "\(found) photos to go"
        }
    }
}
