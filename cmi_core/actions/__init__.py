"""What people change: one function per deed, permitted by `roles`, written to the record."""
