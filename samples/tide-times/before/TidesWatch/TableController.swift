import WatchKit

/// Shows the table of the day.
final class TableController: WKInterfaceController {
    @IBOutlet private var label: WKInterfaceLabel!

    override func willActivate() {
        super.willActivate()
        label.setText(TableLoader.shared.summary)
    }
}
