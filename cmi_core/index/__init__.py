"""The index engine: from values to scores, ranks, and how sure they are."""
