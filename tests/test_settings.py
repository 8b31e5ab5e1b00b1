"""What an operator sets is understood as README says, and what is not understood leaves the default."""

from pathlib import Path

import pytest

from cmi_core.errors import CmiError
from cmi_core.settings import ROOT, Settings


def test_nothing_set_is_the_default():
    settings = Settings.from_env({})

    assert settings == Settings()
    assert settings.data_directory == ROOT / "var"
    assert settings.public_read
    assert not settings.demonstration
    assert settings.basemap_path == ROOT / "var" / "basemap.pmtiles"


@pytest.mark.parametrize(
    ("word", "means"), [("true", True), ("False", False), (" FALSE ", False), ("maybe", True), ("", True)]
)
def test_a_switch_takes_true_or_false(word, means):
    assert Settings.from_env({"CMI_PUBLIC_READ": word}).public_read is means


@pytest.mark.parametrize(
    ("word", "means"), [("80", 80), (" 80 ", 80), ("0", 0), ("-1", 60), ("many", 60), ("1.5", 60), ("", 60)]
)
def test_a_number_takes_digits(word, means):
    assert Settings.from_env({"CMI_IDLE_MINUTES": word}).idle_minutes == means


def test_a_path_may_begin_at_home():
    settings = Settings.from_env({"CMI_DATA_DIR": "~/cmi"})

    assert settings.data_directory == Path.home() / "cmi"
    assert settings.basemap_path == Path.home() / "cmi" / "basemap.pmtiles"


def test_hosts_are_names_without_case():
    assert Settings.from_env({"CMI_HOSTS": "KPI.city.example, , b"}).hosts == {"kpi.city.example", "b"}


def test_a_port_that_is_none_stops_mail_and_nothing_else():
    settings = Settings.from_env(
        {"CMI_SMTP_PORT": "post", "CMI_SMTP_HOST": "h", "CMI_SMTP_FROM": "a@b.example"}
    )

    assert settings.sends_mail
    with pytest.raises(CmiError, match="setting_not_number"):
        _ = settings.mail_port


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("https://kpi.city.example", "https://kpi.city.example"),
        ("https://KPI.city.example/", "https://kpi.city.example"),
        ("http://10.0.0.5:8501", "http://10.0.0.5:8501"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("", ""),
        (" ", ""),
    ],
)
def test_the_address_of_the_site_begins_links(said, address):
    assert Settings.from_env({"CMI_SITE": said}).site_address == address


@pytest.mark.parametrize(
    "said",
    ["kpi.city.example", "ftp://kpi.city.example", "https://kpi.city.example/dashboard", "https://", "javascript:x",
     "https://city@evil.example", "https://kpi.city.example?x", "https://kpi.city.example\nX: y", "https://a b",
     "https://kpi.city.example:port", "//kpi.city.example"],
)  # fmt: skip
def test_what_is_no_address_of_a_site_begins_none(said):
    settings = Settings.from_env({"CMI_SITE": said})

    assert settings.public_read
    with pytest.raises(CmiError, match="setting_not_address"):
        _ = settings.site_address
