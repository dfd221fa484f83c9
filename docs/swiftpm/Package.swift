// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "BackhaulPlugin",
    products: [
        .plugin(name: "Backhaul", targets: ["Backhaul"]),
    ],
    targets: [
        .plugin(
            name: "Backhaul",
            capability: .command(
                intent: .custom(verb: "backhaul", description: "Finds mistakes in the networking code of the package.")
            )
        ),
    ]
)
