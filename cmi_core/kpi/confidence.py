"""How sure we are of a tie that nobody has stated, from most to least."""

CONFIDENCES = ("high", "medium", "low")
