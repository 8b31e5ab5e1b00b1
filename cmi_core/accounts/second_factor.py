"""
A second factor beside the password: six digits that an app on one's phone shows for half a minute (TOTP, RFC 6238).

Ten recovery codes stand in for the phone, each once.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
import segno

from cmi_core.accounts import passwords

RECOVERY_CODES = 10
_SECONDS = 30
# A phone's clock may be half a minute off, before or behind.
_AROUND = (0, -1, 1)
_SECRET = re.compile(r"[A-Z2-7]{32}")


@dataclass(frozen=True)
class Factor:
    """The secret that an account shares with an app, and the last step of time whose code was used."""

    secret: str
    last_step: int = 0


def new_secret() -> str:
    """A fresh secret of 160 bits, in the letters that apps take."""
    return pyotp.random_base32()


def is_secret(given: str) -> bool:
    """Whether a text is a secret as `new_secret` makes them."""
    return _SECRET.fullmatch(given) is not None


def address(secret: str, account: str, issuer: str) -> str:
    """What the picture for the app says: `otpauth://totp/…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def picture(address: str) -> str:
    """The address as a QR code that a phone reads off any screen, dark ones too: a picture within a `data:` address."""
    return segno.make(address, micro=False, error="m").png_data_uri(scale=5, border=4)


def step_of(factor: Factor, code: str, at: datetime) -> int | None:
    """The step of time that a code is for, if it is right, near `at` (UTC without zone) and later than the last one used."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdecimal() and is_secret(factor.secret)):
        return None
    now = int(at.replace(tzinfo=UTC).timestamp()) // _SECONDS
    right = [
        now + near for near in _AROUND
        if passwords.same(pyotp.TOTP(factor.secret).generate_otp(now + near), typed) and now + near > factor.last_step
    ]  # fmt: skip
    return right[0] if right else None


def new_recovery_codes() -> list[str]:
    """Ten codes that a person can type, of some 59 bits each."""
    return [passwords.new_setup_code() for _ in range(RECOVERY_CODES)]


def spelt(code: str) -> str:
    """A recovery code as it was given out, however it was typed."""
    return in_fours("".join(sign for sign in code.upper() if sign.isalnum()), "-")


def in_fours(letters: str, joint: str = " ") -> str:
    """Letters in groups of four, as a person types them."""
    return joint.join(letters[start : start + 4] for start in range(0, len(letters), 4))
