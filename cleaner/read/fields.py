"""Make a Raw of one record of a table or a JSON line: find the field that holds the text, and what the others mean.

The usual names of fields are data, in fields.toml.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cleaner.article import RECORD_KEYS, Raw
from cleaner.options import Options
from cleaner.read.markup import looks_like_html
from cleaner.read.read_errors import EmptyText, NoText
from cleaner.tables import read_toml

__all__ = [
    "MOST_UNPACKED",
    "Fields",
    "find_fields",
    "is_missing",
    "is_record",
    "json_object",
    "known_fields",
    "mend_surrogates",
    "numbered_names",
    "raw_record",
    "usual_fields",
]

Record = Mapping[str, Any]
Fields = dict[str, str]
"""Meaning -> name of the field. The meanings are `text`, `html`, `id`, `url`, `title`, `author`, `date`, `crawled` and
`site`."""

_NAMES: dict[str, list[str]] = read_toml("read/fields.toml")
"""Meaning -> its usual names, best first; under "around" the names of objects that usually hold the text."""
_MEANINGS = tuple(meaning for meaning in _NAMES if meaning != "around")
_OUTER = dict.fromkeys((*_NAMES["around"], *_NAMES["text"]))
# What stands between the words of a name. Names are compared with an underscore in its place, then with nothing.
_SEPARATORS = re.compile(r"[-_. ]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
MOST_UNPACKED = 64 << 20
"""Bytes of an unpacked text; a field that unpacks to more is set aside."""
_SHOWN_FIELDS = 20
"""How many fields of a record an error names."""
_OWN_KEYS = frozenset(RECORD_KEYS) - {"words", "date_text", "crawled"}  # older records have none of these
_OWN = frozenset(("id", "title", "author", "date", "crawled", "url", "site"))
"""Meanings whose values have a place of their own in the output."""


def numbered_names(names: Iterable[str]) -> list[str]:
    """Return the names of columns with a number behind each one that comes again, so that no column is lost.

    >>> numbered_names(["text", "n", "text"])
    ['text', 'n', 'text#2']
    """
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def raw_record(record: Record, source: str, number: int, options: Options, *, may_be_empty: bool = False) -> Raw:
    """Make the Raw of one record. `meta` keeps every field without a place of its own, in its order and with its type.

    Raises NoText where no field can hold the text, and EmptyText where the field of the text is empty, unless it
    `may_be_empty`.
    """
    if _is_own(record, options):
        return _own_raw(record, source, number, may_be_empty)
    fields = find_fields(record, options)
    kind = "text" if "text" in fields else "html"
    if kind == "text" and "html" in fields and not options.text_field:
        # A record with a text and a page is read as the page if the options say so, or if its text is empty.
        kind = "html" if options.html_field or not _body(_at(record, fields["text"])).strip() else "text"
    _check_one_article(record, fields, kind)
    body = _body(_at(record, fields[kind]))
    if not body.strip() and not may_be_empty:
        raise EmptyText(f"The field {fields[kind]!r} is empty.", "Nothing to do, unless another field holds the text.")
    values: dict[str, Any] = {}
    taken = [fields[kind]]
    for key in _OWN & fields.keys():
        value = _at(record, fields[key])
        if is_missing(value):
            continue
        # A list of authors or a number loses its type as text, so that `meta` keeps it as well.
        if isinstance(value, str):
            taken.append(fields[key])
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        else:
            value = value.isoformat() if isinstance(value, datetime | date) else str(value)
        values[key] = mend_surrogates(value)
    html = kind == "html" or options.content == "html"
    if options.content == "auto" and not html:
        html = looks_like_html(body if isinstance(body, str) else body[: 1 << 16].decode("latin-1"))
    form = f"field {fields[kind]!r}{', which holds HTML' if html and kind == 'text' else ''}"
    return Raw(source, number, body, html, meta=json_object(_without(record, taken)), form=form, **values)


def _check_one_article(record: Record, fields: Fields, kind: str) -> None:
    """Raise NoText where a record is a table written by its columns: lists of texts and of ids, URLs or titles."""
    texts = _at(record, fields[kind])
    if not isinstance(texts, list) or len(texts) < 2:
        return
    for key in ("id", "url", "title"):
        values = _at(record, fields[key]) if key in fields else record.get(key)
        if isinstance(values, list) and len(values) > 1:
            raise NoText(
                f"The record holds a list of {len(texts):,} texts and one of {len(values):,} values of {key!r}: it is "
                "a table by its columns, and no article.",
                "Write one object a record, or an object of columns that are equally long in a .json file.",
            )


def _is_own(record: Record, options: Options) -> bool:
    """Return True if Cleaner wrote the record: it has all the keys with values of their types, and no option names
    other fields."""
    if not record.keys() >= _OWN_KEYS:
        return False
    if any(name and (name != key or key not in _OWN_KEYS) for key, name in _named(options).items()):
        return False
    types = {"language_score": float | int, **dict.fromkeys(("repair", "flags", "duplicates"), list | tuple)}
    if not all(isinstance(record[key], types.get(key, str)) for key in _OWN_KEYS):
        return False
    try:
        return isinstance(json.loads(record["meta"]), dict) and isinstance(json.loads(record["languages"]), dict)
    except ValueError:
        return False


def _own_raw(record: Record, source: str, number: int, may_be_empty: bool) -> Raw:
    """Make the Raw of a record that Cleaner wrote. Fields that were added to it since go into `meta`."""
    text = mend_surrogates(record["text"])
    if not text.strip() and not may_be_empty:
        raise EmptyText("The field 'text' is empty.", "Nothing to do: an earlier run has left nothing of this article.")
    added = {key: value for key, value in record.items() if key not in RECORD_KEYS}
    return Raw(
        source,
        number,
        text,
        id=record["id"],
        date=record["date"],
        url=record["url"],
        site=record["site"],
        meta=json_object({**json.loads(record["meta"]), **added}) if added else record["meta"],
        form="record of Cleaner",
        own=record,
    )


def find_fields(record: Record, options: Options) -> Fields:
    """Find which field of `record` has which meaning: as the options say, else the first usual name that holds a value.

    An option may lead into objects: `isi.teks` is the field `teks` of the object `isi`. Raises NoText.

    >>> find_fields({"Judul": "Hujan", "isi_berita": "Hujan turun.", "n": 1}, Options())
    {'text': 'isi_berita', 'title': 'Judul'}
    """
    named = _named(options)
    fields: Fields = {}
    for key, usual in _usual_among(tuple(record)):
        if named.get(key):
            with suppress(KeyError, TypeError):  # the record has no such field, or no object there
                _at(record, named[key])
                fields[key] = named[key]
        elif usual and (found := _first(record, usual, key)):
            fields[key] = found
    if "text" not in fields and "html" not in fields and not (options.text_field or options.html_field):
        fields = _fields_inside(record) | fields
    # If the field of the option is missing, that is an error, even where another could hold the text.
    if (options.text_field and "text" not in fields) or not fields.keys() & {"text", "html"}:
        raise _no_text(record, options)
    return fields


def usual_fields(meaning: str) -> list[str]:
    """Return the names by which a field with this meaning is usually called, best first.

    >>> usual_fields("id")[:2]
    ['id', '_id']
    """
    return _NAMES[meaning]


def _named(options: Options) -> Fields:
    """Return the field that an option names, "" for none, by its meaning."""
    return {meaning: getattr(options, f"{meaning}_field", "") for meaning in _MEANINGS}


def is_missing(value: object) -> bool:
    """Return True if a value means that there is none: None, or what NumPy and pandas use for it (NaN, NaT, NA).

    >>> is_missing(None), is_missing(float("nan")), is_missing("")
    (True, True, False)
    """
    if value is None or isinstance(value, str | bytes):
        return value is None
    try:
        return bool(value != value)  # no other value is unlike itself
    except (TypeError, ValueError):  # of NA, and of arrays
        return type(value).__name__ == "NAType"


def is_record(value: object, options: Options) -> bool:
    """Return True if a value is an object with a field that can hold the text."""
    with suppress(NoText):
        return isinstance(value, Mapping) and bool(find_fields(value, options))
    return False


def _fields_inside(record: Record) -> Fields:
    """Return the fields of an object that usually stands around a text, as in {"content": {"body": "..."}}; {} without
    one."""
    for outer in _OUTER:
        inner = record.get(outer)
        if not isinstance(inner, Mapping):
            continue
        usual_names = _usual_among(tuple(name for name in inner if isinstance(name, str) and "." not in name))
        found = {key: f"{outer}.{name}" for key, usual in usual_names if usual and (name := _first(inner, usual, key))}
        if found.keys() & {"text", "html"}:
            return found
    return {}


def _no_text(record: Record, options: Options) -> NoText:
    """Return the error for a record without a text. It lists the fields as --text-field takes them, such as
    `isi.teks`."""
    names: list[str] = []
    for name, value in record.items():
        names += [str(name), *(f"{name}.{inner}" for inner in value)] if isinstance(value, Mapping) else [str(name)]
    # A table without a head has an article in the place of a name.
    shown = ", ".join(repr(name if len(name) <= 60 else f"{name[:57]}...") for name in names[:_SHOWN_FIELDS])
    if len(names) > _SHOWN_FIELDS:
        shown += f" and {len(names) - _SHOWN_FIELDS} more"
    asked = f"named {options.text_field!r}" if options.text_field else "that is known to hold text"
    return NoText(
        f"The record has no field {asked}; its fields are: {shown or 'none'}.",
        "Name the field of the text with --text-field, or that of the page with --html-field.",
    )


def known_fields(names: Iterable[str], options: Options) -> tuple[str, ...]:
    """Return those of `names` that can have a meaning, because an option names them or because they are usual.

    A reader of tables has to load no other columns to find the text and its facts.

    >>> known_fields(["n", "Judul", "isi", "kolom-7"], Options(text_field="kolom-7"))
    ('Judul', 'isi', 'kolom-7')
    """
    names = tuple(names)
    known = {*_named(options).values()}
    known |= {name.partition(".")[0] for name in known}  # of the object that holds the field
    known |= {name for _, usual in _usual_among(names) for name in usual}
    return tuple(name for name in names if name in known)


def _at(record: Record, name: str) -> Any:
    """Return the value of a field. A name with dots leads into objects, unless a field is called so."""
    value: Any = record
    for part in (name,) if name in record else name.split("."):
        value = value[part]
    return value


def _without(record: Record, names: Sequence[str]) -> dict[str, Any]:
    """Return the record without the named fields. If a field inside an object is named, the rest of the object
    stays."""
    rest = {key: value for key, value in record.items() if key not in names}
    for name in names:
        outer, _, inner = name.partition(".")
        if name not in record and outer in rest:
            rest[outer] = _without(rest[outer], [inner])
    return rest


def _first(record: Record, names: Sequence[str], key: str) -> str:
    """Return the first of `names` whose value can have the meaning `key`; an empty one only where no other has a
    value."""
    empty = ""
    for name in names:
        value = record[name]
        if isinstance(value, str) or _may_mean(key, value):
            if not is_missing(value) and value not in ("", b"", []):
                return name
            empty = empty or name
    return empty


def _may_mean(key: str, value: object) -> bool:
    """Return True if a value has a type for the meaning `key`.

    Lists of texts are paragraphs or several authors. A text or page may be bytes, or null for an empty one; the other
    meanings may be numbers or dates, of which a bool is none. A table has NaN in the place of null.
    """
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    if key in ("text", "html"):
        return isinstance(value, str | bytes) or is_missing(value)
    return isinstance(value, str | int | float | date) and not isinstance(value, bool)


def _body(value: object) -> str | bytes:
    """Return the text or page in a field: bytes are unpacked, a list of paragraphs becomes lines, anything else is
    ""."""
    if isinstance(value, bytes):  # crawlers keep pages in tables as they came, packed
        from cleaner.read.http import unpack_by_magic  # with all that opens files: 25 ms

        return unpack_by_magic(value, MOST_UNPACKED)[0]
    if isinstance(value, list):
        value = "\n".join(part for part in value if isinstance(part, str))
    return mend_surrogates(value) if isinstance(value, str) else ""


# Cached, because all records of a file have the same few sets of fields.
@lru_cache(maxsize=256)
def _usual_among(names: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return for each meaning those of `names` that usually have it, best first."""
    present: dict[str, str] = {}
    for separator in ("_", ""):  # "pub_date" is "PubDate" as well, unless another field is called just so
        for name in names:
            if not isinstance(name, str):  # a mapping in Python may have any keys
                continue
            present.setdefault(_SEPARATORS.sub(separator, name.casefold()), name)
    return tuple(
        (key, tuple(dict.fromkeys(present[n] for m in _NAMES[key] for n in (m, m.replace("_", "")) if n in present)))
        for key in _MEANINGS
    )


def mend_surrogates(text: str) -> str:
    r"""Return `text` as it can be written in UTF-8: pairs of surrogates are joined, lone ones become U+FFFD.

    JSON may hold half of an emoji, as a program left it that cut a text after 100 units of UTF-16.

    >>> mend_surrogates("\ud83d\ude00 \ud800") == "\U0001f600 \ufffd"
    True
    """
    try:
        text.encode("utf-8")  # 10 times faster than a search for surrogates
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def json_object(values: Record) -> str:
    """Return `values` as JSON text; what JSON cannot hold (dates, bytes, infinities) is written as strings.

    >>> json_object({"n": 1, "kata": "é", "x": float("inf")})
    '{"n": 1, "kata": "é", "x": "inf"}'
    """
    if not values:
        return "{}"
    try:
        # The usual case; a value that JSON cannot hold costs a second pass, over a copy.
        text = json.dumps(values, ensure_ascii=False, allow_nan=False, default=str)
    except (ValueError, TypeError, RecursionError):
        text = json.dumps(_storable(values), ensure_ascii=False, default=str)
    if mend_surrogates(text) is not text:
        # Escaped instead of mended, because `meta` keeps the input's fields as they were.
        text = _SURROGATE.sub(lambda lone: f"\\u{ord(lone[0]):04x}", text)
    return text


def _storable(value: Any, depth: int = 0) -> Any:
    """Return a value that JSON can hold: keys as text, infinities as text, cut where it is nested more than 100
    deep."""
    if depth > 100:
        return "..."
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _storable(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner, depth + 1) for inner in value]
    return value
