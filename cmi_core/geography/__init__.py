"""Places, outlines and points: read, checked, measured and drawn on the map."""
