"""The language server: ``backhaul lsp``. Imported by that command alone."""
