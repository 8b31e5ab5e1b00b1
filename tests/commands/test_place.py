"""Before a server is started, it is said in words where it may not stand."""

import socket

import pytest

from cmi_core import text
from cmi_core.__main__ import main

HERE = "127.0.0.1"


def said(capsys) -> str:
    return capsys.readouterr().err


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind((HERE, 0))
        return str(free.getsockname()[1])


def test_a_free_port_is_fine(port, capsys):
    assert main(["place", HERE, port]) == 0
    assert said(capsys) == ""


def test_a_port_in_use_is_told_in_both_languages(capsys):
    with socket.socket() as other:
        other.bind((HERE, 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["place", HERE, str(port)]) == 2
    told = said(capsys)

    for language in text.LANGUAGES:
        assert text.translator(language)("error.port_taken", address=HERE, port=port) in told


@pytest.mark.parametrize("address", ["192.0.2.1", "no.such.name.invalid"])
def test_an_address_of_another_machine_is_told(address, port, capsys):
    assert main(["place", address, port]) == 2
    assert port in said(capsys)


def test_a_port_that_there_is_not_is_told(capsys):
    assert main(["place", HERE, "70000"]) == 2
    assert "70000" in said(capsys)


def test_a_setting_that_is_none_is_told_before_the_start(port, capsys, monkeypatch):
    monkeypatch.setenv("CMI_SMTP_PORT", "post")

    assert main(["place", HERE, port]) == 2
    lines = said(capsys).splitlines()
    assert len(lines) == len(text.LANGUAGES)
    assert all("CMI_SMTP_PORT" in line and "post" in line for line in lines)
