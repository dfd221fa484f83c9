"""What programs do: symbols, calls, values, control flow. Knows no Apple API by name."""
