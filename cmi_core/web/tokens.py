"""ID tokens of the organisation's own sign-in: what signs them."""

from joserfc.jws import JWSRegistry


def refuse_unsigned() -> None:
    """
    Take the algorithm `none` away from the library that reads ID tokens, for this process.

    It would be taken from a provider that lists it among its own, and anybody on the way could write such a token.
    """
    JWSRegistry.algorithms.pop("none", None)
