"""Recognise numbers by what they hold: check digits, or parts that can have certain values only."""

from __future__ import annotations

from datetime import date
from typing import Any

from cleaner.tables import read_toml

__all__ = ["FORMS", "is_card", "is_iban", "is_nik", "passes_luhn"]

FORMS: dict[str, dict[str, Any]] = read_toml("mask/mask.toml")
"""Kind -> what is known of its form, and the words before a number that speak for it and against it."""

_PROVINCES = frozenset(FORMS["nik"]["provinces"])
_WOMAN = 40  # is added to the day of birth


def passes_luhn(digits: str) -> bool:
    """Return True if the last digit is the check digit of the others (ISO/IEC 7812-1, annex B).

    >>> passes_luhn("4111111111111111"), passes_luhn("4111111111111112")
    (True, False)
    """
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def is_card(digits: str) -> bool:
    """Return True if digits are the number of a payment card: an issuer's range and length, and the check digit.

    >>> is_card("5555555555554444"), is_card("1234567812345670")
    (True, False)
    """
    if len(set(digits)) < 2 or not passes_luhn(digits):
        return False
    for issuer in FORMS["card"]["issuers"]:
        first, last = issuer["first"]
        if len(digits) in issuer["digits"] and first <= digits[: len(first)] <= last:
            return True
    return False


def is_iban(text: str) -> bool:
    """Return True if letters and digits without spaces are an IBAN: they have the length of their country and the
    remainder 1.

    >>> is_iban("DE89370400440532013000"), is_iban("DE89370400440532013001")
    (True, False)
    """
    if FORMS["iban"]["lengths"].get(text[:2]) != len(text):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1  # ISO 7064, MOD 97-10


def is_nik(digits: str) -> bool:
    """Return True if 16 digits have the parts of an identity number of Indonesia: place, day of birth, serial number.

    A number of a family card has the same parts. There is no check digit; of random numbers one in 40 passes.

    >>> is_nik("3273014107900001"), is_nik("3273013207900001")
    (True, False)
    """
    province, regency, district = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    if province not in _PROVINCES or not regency or not district or digits[12:] == "0000":
        return False
    try:  # the year has two digits; of the years that it may be 2000 + year is a leap year if any is
        date(2000 + year, month, day - _WOMAN if day > _WOMAN else day)
    except ValueError:
        return False
    return True
