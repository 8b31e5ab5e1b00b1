"""What pages show: (store, choices) -> table, one function per question."""
