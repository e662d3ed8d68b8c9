"""Personal data in a text, each found with the kind that it is.

Precision comes first: a number is masked when its form proves what it is (a check digit, the parts of an identity
number, a phone number that a country gives out), or when a word before it says so. It is not masked when a word before
it says that it is something else, such as an account, an invoice or a version.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from ipaddress import AddressValueError, IPv6Address

from cleaner.article import Article, Removal, cut, insert_removals
from cleaner.mask.checks import FORMS, is_card, is_iban, is_nik
from cleaner.mask.phones import find_phones, regions_of
from cleaner.mask.words import speaks_for

__all__ = ["MASKED", "find_masks", "mask_article", "mask_text"]

MASKED = ("title", "author")
"""Fields of a record that are masked like its text. `meta` is the input's own and stays as it is."""

Spans = Iterator[tuple[int, int]]

_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"]+|\bwww\.[^\s<>\"]+", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?<![\w.+@%-])[^\W_](?:[\w.+'%-]{0,62}[\w+%-])?@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w@-])"
)
_AT, _DOT = ("|".join(map(re.escape, FORMS["email"][name])) for name in ("at", "dot"))
_HIDDEN_EMAIL = re.compile(
    rf"(?<![\w.+@-])[^\W_][\w.+-]{{0,63}} ?[\[({{] ?(?:{_AT}) ?[\])}}] ?"
    rf"(?:[^\W_][\w-]{{0,61}}(?: ?[\[({{] ?(?:{_DOT}) ?[\])}}] ?|\.)){{1,4}}[^\W\d_]{{2,12}}(?![\w-])",
    re.IGNORECASE,
)
_FILES = frozenset(FORMS["email"]["files"])
_IPV4 = re.compile(r"(?<![\w.,$€£@+-])(?<![^/]/)(?:\d{1,3}\.){3}\d{1,3}(?![\w$€£%]|[.,]\d|-\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:]|\.\d)", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?<![\w.,/@=+#$€£-])\d(?:[ .-]?\d){13,18}(?![\w$€£%]|[ .,/-]?\d)")
_IBAN = re.compile(r"(?<![\w/-])[A-Z]{2}\d\d(?= ?[A-Z\d])")
_NUMBER = re.compile(r"\d\D?\D?\d\D?\D?\d")
_BRACKET = re.compile(r"[\[({] ?(?:@|[aä]t|arroba) ?[\])}]", re.IGNORECASE)
_PATH = re.compile(r":[^\W\d]")
_AUTHORITY = re.compile(r"://[^\s/]*\Z")
_PORT = re.compile(r":\d{2,5}\b|/\d\d?\b|,? port \d")
_CARD_GROUPS = ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3))
"""How the digits of a card are grouped in print."""


def find_masks(text: str, kinds: Collection[str], *, language: str = "", site: str = "") -> list[Removal]:
    """Find personal data of these kinds in `text`: sorted, disjoint removals, each with its kind as replacement.

    `language` and `site` decide the countries whose telephone numbers are recognised without a country code. Raises
    MissingExtra for "phone" where phonenumbers is not installed.

    >>> [(r.kind, r.replacement) for r in find_masks("Surat ke redaksi@contoh.example, kata dia.", ["email"])]
    [('email', '<email>')]
    """
    found: list[tuple[str, tuple[int, int]]] = []
    if "email" in kinds:
        found += (("email", span) for span in _find_emails(text))
    if kinds and _NUMBER.search(text):  # in the order in which they claim a number
        found += (("iban", span) for span in _find_ibans(text) if "iban" in kinds)
        found += ((kind, span) for kind, span in _find_long_numbers(text) if kind in kinds)
        found += (("ip", span) for span in _find_ips(text) if "ip" in kinds)
        if "phone" in kinds:
            found += (("phone", span) for span in find_phones(text, regions_of(language, site)))
    taken = bytearray(len(text)) if found else bytearray()
    masks = []
    for kind, (start, end) in found:
        if 1 not in taken[start:end]:  # the first to claim a number has it
            taken[start:end] = b"\1" * (end - start)
            masks.append(Removal(start, end, f"mask-{kind}", kind, _WHY[kind], f"<{kind}>"))
    return sorted(masks)


_WHY = {
    "email": "the form of an address",
    "iban": "length and check digits of an account",
    "card": "a card's issuer and check digit",
    "nik": "place, birthday and serial number",
    "ip": "an address of the internet",
    "phone": "a number that a country gives out",
}


def mask_text(text: str, kinds: Collection[str], *, language: str = "", site: str = "") -> str:
    """Return `text` with what `find_masks` finds replaced."""
    return cut(text, find_masks(text, kinds, language=language, site=site))


def mask_article(article: Article, kinds: Collection[str]) -> Article:
    """Return the article with its masks among its removals; title and author are masked too."""
    if not kinds:
        return article
    known = {"language": article.language, "site": article.site}
    title, author = (mask_text(getattr(article, name), kinds, **known) for name in MASKED)
    removals = insert_removals(article.removals, find_masks(article.text, kinds, **known))
    return article._replace(removals=removals, title=title, author=author)


def _find_emails(text: str) -> Spans:
    """Yield e-mail addresses, first those with an @, then those that write it as a word in brackets."""
    for found in _EMAIL.finditer(text) if "@" in text else ():
        start, end = found.span()
        *others, last = found[0].rpartition("@")[2].split(".")
        if last.istitle() and "".join(others).islower():  # the next sentence begins without a space
            end -= len(last) + 1
            last = others[-1] if len(others) > 1 else "txt"
        # names of files (logo@2x.png), repositories (git@host:path), passwords before the host of a URL
        is_file = last.lower() in _FILES
        if not (is_file or _PATH.match(text, end) or _AUTHORITY.search(text, max(0, start - 80), start)):
            yield start, end
    for found in _HIDDEN_EMAIL.finditer(text) if _BRACKET.search(text) else ():
        yield found.span()


def _find_ibans(text: str) -> Spans:
    """Find international bank account numbers, with or without spaces."""
    for found in _IBAN.finditer(text):
        left = FORMS["iban"]["lengths"].get(found[0][:2], 0)
        end = found.start()
        while left and end < len(text) and ((text[end].isascii() and text[end].isalnum()) or text[end] in " \u00a0"):
            left -= text[end].isalnum()
            end += 1
        account = "".join(filter(str.isalnum, text[found.start() : end]))
        if not left and is_iban(account) and not text[end : end + 1].isalnum():
            yield found.start(), end


def _find_long_numbers(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Find numbers of cards and identity numbers. Some may be both: of 16 digits that begin with the code of a province
    one in ten has the check digit of a card."""
    for found in _LONG_NUMBER.finditer(text):
        groups = re.split(r"[ .-]", found[0])
        digits, sizes = "".join(groups), tuple(map(len, groups))
        separators = set(found[0]) - set("0123456789")
        card = len(separators) <= 1 and "." not in separators and (len(groups) == 1 or sizes in _CARD_GROUPS)
        card = card and is_card(digits)
        nik = len(digits) == 16 and is_nik(digits)
        of_card, of_nik = (speaks_for(text, found.start(), kind) for kind in ("card", "nik"))
        if card and of_card >= 0 and (of_card > 0 or not nik or len(groups) > 1):
            yield "card", found.span()
        # in groups it may be a row of numbers, unless a word says what it is
        elif nik and (of_nik > 0 or (of_nik == 0 and len(groups) == 1)):
            yield "nik", found.span()


def _find_ips(text: str) -> Spans:
    """Find addresses of IPv4 and IPv6 that may be those of a person, unlike those of networks, masks and versions."""
    for found in _IPV4.finditer(text):
        parts = found[0].split(".")
        numbers = [*map(int, parts)]
        if any(part != str(number) for part, number in zip(parts, numbers, strict=True)) or max(numbers) > 255:
            continue
        # addresses of the own network or machine, of groups, and masks belong to no person
        if numbers[0] in (0, 127) or numbers[0] > 223 or numbers[1:] == [0, 0, 0]:
            continue
        said = speaks_for(text, found.start(), "ip") or _PORT.match(text, found.end()) is not None
        is_local = numbers[:2] == [192, 168]
        # numbers of versions and sections are small; three digits in each group are a sum with points
        large = sum(number > 9 for number in numbers) > 2 - is_local
        is_sum = all(len(part) == 3 for part in parts[1:]) and not is_local
        if said > 0 or (said == 0 and large and not is_sum and numbers[0] != 10):
            yield found.span()
    for found in _IPV6.finditer(text) if "::" in text or text.count(":") > 6 else ():
        groups = [group for group in found[0].split(":") if group]
        # "std::set" has two groups, hours have two digits in each
        if len(groups) > 2 and max(map(len, groups)) > 2 and any(map(str.isdigit, found[0])):
            with suppress(AddressValueError):
                IPv6Address(found[0])
                yield found.span()
