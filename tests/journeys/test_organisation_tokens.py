"""What a provider's answer must be before it makes anybody somebody: state, nonce, issuer, audience, signature."""

import secrets
from types import SimpleNamespace

import pytest

from tests.journeys.conftest import HERE, free_port, running
from tests.journeys.oidc_forger import CLIENT, COOKIE_SECRET, Browser, Key, provider

SECRETS = """
[auth]
redirect_uri = "{own}/oauth2callback"
cookie_secret = "{cookie_secret}"
client_id = "{client}"
client_secret = "a secret shared with the provider"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""
ALGORITHMS = {"as usual": ("RS256",), "too many": ("RS256", "HS256", "none")}


@pytest.fixture(scope="module", params=["as usual", pytest.param("too many", marks=pytest.mark.proof)])
def city(request, tmp_path_factory):
    """A server and its provider, which promises some ways of signing."""
    folder, port = tmp_path_factory.mktemp("tokens"), free_port()
    with provider(algorithms=ALGORITHMS[request.param]) as issuer:
        file = folder / "secrets.toml"
        told = {"own": f"http://{HERE}:{port}", "provider": issuer.address}
        file.write_text(SECRETS.format(cookie_secret=COOKIE_SECRET, client=CLIENT, **told), encoding="utf-8")
        with running(folder / "data", port=port, STREAMLIT_SECRETS_FILES=str(file)) as server:
            yield SimpleNamespace(server=server, issuer=issuer)


def answer(city, token, **more):
    """A fresh code that is exchanged for this ID token."""
    code = secrets.token_urlsafe(9)
    given = {} if token is None else {"id_token": token}
    city.issuer.answers[code] = (
        {"access_token": "a", "token_type": "Bearer", "expires_in": 300} | given | more
    )
    return code


def signed_in(city):
    """A browser that has signed in as it should, and what it came back with."""
    browser = Browser(city.server)
    state, nonce = browser.begin()
    back = {"state": state, "code": answer(city, city.issuer.signed(city.issuer.claims(nonce)))}
    browser.come_back(**back)
    assert browser.is_somebody
    return browser, back


def test_what_is_as_it_should_be_signs_in(city):
    browser, _ = signed_in(city)

    # Another browser is nobody for that.
    assert not Browser(city.server).is_somebody
    assert browser.cookies


@pytest.mark.parametrize("state", [None, "", "wrong", "_state_default_x"])
def test_a_state_that_was_not_given_out_is_refused(city, state):
    browser = Browser(city.server)
    _, nonce = browser.begin()
    code = answer(city, city.issuer.signed(city.issuer.claims(nonce)))
    browser.come_back(code=code, **({} if state is None else {"state": state}))

    assert not browser.is_somebody
    assert code in city.issuer.answers, "the code was not even exchanged"


def test_the_state_of_another_browser_is_refused(city):
    """Else somebody could be led into an account that is not theirs, and enter there what is."""
    mallory, victim = Browser(city.server), Browser(city.server)
    state, nonce = mallory.begin()
    victim.begin()
    for browser in (victim, Browser(city.server)):
        browser.come_back(state=state, code=answer(city, city.issuer.signed(city.issuer.claims(nonce))))
        assert not browser.is_somebody


def test_a_state_is_used_once(city):
    browser, back = signed_in(city)
    again = Browser(city.server)
    again.cookies = {"_streamlit_session": browser.cookies["_streamlit_session"]}
    code = answer(city, city.issuer.signed(city.issuer.claims("x")))
    again.come_back(state=back["state"], code=code)

    assert not again.is_somebody
    assert code in city.issuer.answers
    again.come_back(**back)
    assert not again.is_somebody


def test_a_callback_that_is_replayed_with_the_cookie_from_before_is_refused(city):
    """The browser holds the state: with a cookie that was copied before, only the code's being used up helps."""
    browser = Browser(city.server)
    state, nonce = browser.begin()
    thief = Browser(city.server)
    thief.cookies = dict(browser.cookies)
    back = {"state": state, "code": answer(city, city.issuer.signed(city.issuer.claims(nonce)))}
    browser.come_back(**back)
    thief.come_back(**back)

    assert (browser.is_somebody, thief.is_somebody) == (True, False)


def test_the_code_of_another_provider_is_worth_nothing(city):
    """Mixed up: the answer of one provider is not taken to another, and what that one says is not heard."""
    browser = Browser(city.server)
    state, nonce = browser.begin()
    with provider() as other:
        other.answers["theirs"] = {"id_token": other.signed(other.claims(nonce, iss=city.issuer.address))}
        browser.come_back(state=state, code="theirs", iss=other.address)
        assert "theirs" in other.answers
    assert not browser.is_somebody


def claims_with(**more):
    def forge(issuer, claims):
        return issuer.signed({name: value for name, value in (claims | more).items() if value is not None})

    return forge


def of_another_provider(issuer, claims):
    return issuer.signed(claims | {"iss": "https://login.evil.example"})


def much_too_old(issuer, claims):
    return issuer.signed(claims | {"iat": claims["iat"] - 7200, "exp": claims["iat"] - 3600})


def by_another_key(issuer, claims):
    return issuer.signed(claims, key=Key())


def by_an_unknown_key(issuer, claims):
    return issuer.signed(claims, key=Key(), kid="two")


def unsigned(issuer, claims):
    return issuer.unsigned(claims)


def without_its_signature(issuer, claims):
    return issuer.signed(claims).rpartition(".")[0] + "."


def changed_after_signing(issuer, claims):
    head, _, signature = issuer.signed(claims).split(".")
    return f"{head}.{issuer.signed(claims | {'sub': 'admin'}).split('.')[1]}.{signature}"


def by_the_public_key_as_a_secret(issuer, claims):
    return issuer.shared(claims, issuer.key.public["n"].encode())


def by_the_secret_of_the_client(issuer, claims):
    return issuer.shared(claims, b"a secret shared with the provider")


def nothing(_, __):
    return None


FORGED = {
    "wrong nonce": claims_with(nonce="wrong"),
    "no nonce": claims_with(nonce=None),
    "empty nonce": claims_with(nonce=""),
    "another issuer": of_another_provider,
    "no issuer": claims_with(iss=None),
    "another audience": claims_with(aud="another"),
    "other audiences": claims_with(aud=["another", "third"]),
    "no audience": claims_with(aud=None),
    "for another by name": claims_with(azp="another"),
    "no subject": claims_with(sub=None),
    "expired": much_too_old,
    "no end": claims_with(exp=None),
    "no beginning": claims_with(iat=None),
    "not yet": claims_with(nbf=4_000_000_000),
    "another key": by_another_key,
    "unknown key": by_an_unknown_key,
    "unsigned": unsigned,
    "signature cut": without_its_signature,
    "changed": changed_after_signing,
    "public key as secret": by_the_public_key_as_a_secret,
    "client secret": by_the_secret_of_the_client,
    "no token": nothing,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_token_that_is_not_right_makes_nobody_somebody(city, name):
    browser = Browser(city.server)
    state, nonce = browser.begin()
    code = answer(city, FORGED[name](city.issuer, city.issuer.claims(nonce)))
    browser.come_back(state=state, code=code)

    assert code not in city.issuer.answers, "it was looked at"
    assert not browser.is_somebody


def test_a_token_that_is_not_right_leaves_nobody_signed_in_who_was(city):
    browser, _ = signed_in(city)
    state, _ = browser.begin()
    browser.come_back(state=state, code=answer(city, city.issuer.signed(city.issuer.claims("wrong"))))

    assert not browser.is_somebody


def test_an_error_of_the_provider_is_nobody(city):
    browser = Browser(city.server)
    state, _ = browser.begin()
    browser.come_back(state=state, error="access_denied")

    assert not browser.is_somebody
