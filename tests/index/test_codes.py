"""Codes made from names."""

from cmi_core.index.codes import slug


def test_codes_are_made_from_names():
    assert slug("Khon Kaen") == "khon_kaen"
    assert slug("ขอนแก่น") == slug("ขอนแก่น") != slug("ภูเก็ต")
