"""
What a password has to be: long, not made of one's own name or the city's words, not one that a guesser tries early.

After NIST SP 800-63B-4, 3.1.1.2: fifteen letters where the password is all there is, eight beside a second factor, held
against a list of common ones, and no rule about which kinds of letters. The list and the estimate are zxcvbn's
(Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016).
"""

import re

from zxcvbn import zxcvbn

from cmi_core.accounts.passwords import one_spelling
from cmi_core.errors import AccountError

ALONE = 15
BESIDE_A_FACTOR = 8
LONGEST = 1000  # letters; hashing takes as long for any of them
# zxcvbn's score: 3 takes more than 10^8 guesses, too many for one who tries over the network; beside a second factor 2,
# more than 10^6, keeps the common ones out.
_SAFE = 3
_SAFE_BESIDE = 2
_READ = 72  # letters that zxcvbn reads
_LEFT = 6  # letters that must be left once names and the city's words are taken out
_CITY = (
    "chiangmai", "chiang", "mai", "cmi", "cmu", "nia", "innovation", "city", "municipality", "dashboard", "lanna", "nimman",
    "suandok", "maehia", "maekha", "thailand", "password", "เชียงใหม่", "เมืองนวัตกรรม", "นวัตกรรม", "นคร", "เทศบาล", "เมือง",
    "สนช", "มช", "ล้านนา", "นิมมาน", "สวนดอก", "แม่เหียะ", "แม่ข่า", "ประเทศไทย", "รหัสผ่าน",
)  # fmt: skip


def shortest(*, second_factor: bool) -> int:
    """How many letters a password needs."""
    return BESIDE_A_FACTOR if second_factor else ALONE


def check(password: str, *names: str, second_factor: bool = False) -> None:
    """
    Refuse a password that is too short, too long, made of `names` and the city's words, or easy to guess.

    `names` are the account's and the person's own. Raises AccountError `password_short`, `password_long`,
    `password_own_words` or `password_easy`; none of them repeats the password.
    """
    typed = one_spelling(password)
    if len(typed) < (least := shortest(second_factor=second_factor)):
        raise AccountError("password_short", length=least)
    if len(typed) > LONGEST:
        raise AccountError("password_long", length=LONGEST)
    words = _words(names)
    if _made_of(typed.casefold(), words):
        raise AccountError("password_own_words")
    safe = _SAFE_BESIDE if second_factor else _SAFE
    if zxcvbn(typed[:_READ], user_inputs=words, max_length=_READ)["score"] < safe:
        raise AccountError("password_easy")


def _words(names: tuple[str, ...]) -> list[str]:
    """What a guesser tries first at this account; longer words first, so that no part of one is left."""
    own = {part.casefold() for name in names for part in (name, *re.split(r"[\W_]+", name)) if len(part) > 1}
    return sorted(own | set(_CITY), key=len, reverse=True)


def _made_of(typed: str, words: list[str]) -> bool:
    """Whether a password has some of the words, and next to nothing but digits, signs and spaces beside them."""
    left = typed
    for word in words:
        left = left.replace(word, " ")
    return left != typed and len(re.sub(r"[\W\d_]+", "", left)) < _LEFT
