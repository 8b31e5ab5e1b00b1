"""Chiang Mai City of Innovation: the index, the plan, the record and the map, without a screen."""
