"""What seals an entry, and the files that bear it out."""
