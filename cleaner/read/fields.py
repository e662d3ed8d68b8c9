"""One record of a table or a JSON line -> Raw: which field holds the text, and what the others mean."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from cleaner.article import Raw
from cleaner.options import Options
from cleaner.read.markup import looks_like_html
from cleaner.read.read_errors import EmptyText, NoText

__all__ = ["Fields", "find_fields", "json_object", "known_fields", "mend_surrogates", "raw_record"]

Record = Mapping[str, Any]
Fields = dict[str, str]
"""What stands where: `text`, `html`, `id`, `url`, `title`, `author`, `date`, `site` -> the name of the field."""

_SEPARATORS = re.compile(r"[-_. ]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN_FIELDS = 20


def raw_record(record: Record, source: str, number: int, options: Options, *, may_be_empty: bool = False) -> Raw:
    """The Raw of one record; `meta` keeps every field that has no place of its own, in order, types kept.

    Raises NoText where no field can hold the text, EmptyText where the field that can is empty and may not be.
    """
    fields = find_fields(record, options)
    kind = "html" if _prefers_html(record, fields, options) else "text"
    body = _body(_at(record, fields[kind]))
    if not body.strip() and not may_be_empty:
        raise EmptyText(f"The field {fields[kind]!r} is empty.", "Nothing to do, unless another field holds the text.")
    values: dict[str, Any] = {}
    taken = [fields[kind]]
    for key in _OWN & fields.keys():
        value = _at(record, fields[key])
        values[key] = mend_surrogates(_plain(value))
        if isinstance(value, str):
            taken.append(fields[key])
    html = kind == "html" or options.content == "html" or (options.content == "auto" and _is_page(body))
    rest = _without(record, taken)
    form = f"field {fields[kind]!r}{', which holds HTML' if html and kind == 'text' else ''}"
    return Raw(source, number, body, html, meta=json_object(rest), form=form, **values)


def find_fields(record: Record, options: Options) -> Fields:
    """Which field of `record` is what: as the options name it, else the first usual name that holds a value.

    An option may lead into objects: `isi.teks` is the field `teks` of the object `isi`.

    >>> find_fields({"Judul": "Hujan", "isi_berita": "Hujan turun.", "n": 1}, Options())
    {'text': 'isi_berita', 'title': 'Judul'}
    """
    named = {"text": options.text_field, "html": options.html_field, "id": options.id_field, "url": options.url_field}
    fields: Fields = {}
    for key, usual in _usual_among(tuple(record)):
        if named.get(key):
            if _has(record, named[key]):
                fields[key] = named[key]
        elif usual and (found := _first(record, usual, key)):
            fields[key] = found
    if (options.text_field and "text" not in fields) or not fields.keys() & {"text", "html"}:
        raise _no_text(record, options)
    return fields


def known_fields(names: Iterable[str], options: Options) -> tuple[str, ...]:
    """Those of `names` that can have a meaning, by what the options name and the usual names.

    >>> known_fields(["n", "Judul", "isi", "kolom-7"], Options(text_field="kolom-7"))
    ('Judul', 'isi', 'kolom-7')
    """
    names = tuple(names)
    known = {options.text_field, options.html_field, options.id_field, options.url_field}
    known |= {name.partition(".")[0] for name in known}  # of the object that holds the field
    known |= {name for _, usual in _usual_among(names) for name in usual}
    return tuple(name for name in names if name in known)


_OWN = frozenset(("id", "title", "author", "date", "url", "site"))


def _prefers_html(record: Record, fields: Fields, options: Options) -> bool:
    if "html" not in fields:
        return False
    if "text" not in fields or (options.html_field and not options.text_field):
        return True
    return not options.text_field and not _body(_at(record, fields["text"])).strip()


def _at(record: Record, name: str) -> Any:
    value: Any = record
    for part in (name,) if name in record else name.split("."):
        value = value[part]
    return value


def _has(record: Record, name: str) -> bool:
    try:
        _at(record, name)
    except (KeyError, TypeError):
        return False
    return True


def _without(record: Record, names: Sequence[str]) -> dict[str, Any]:
    rest = {key: value for key, value in record.items() if key not in names}
    for name in names:
        outer, _, inner = name.partition(".")
        if name not in record and outer in rest:
            rest[outer] = _without(rest[outer], [inner])
    return rest


def _first(record: Record, names: Sequence[str], key: str) -> str:
    """The first of `names` with a value of the right type; an empty one only where nothing better is there."""
    empty = ""
    for name in names:
        value = record[name]
        if isinstance(value, str) or (_is_body if key in ("text", "html") else _is_plain)(value):
            if value not in (None, "", b"", []):
                return name
            empty = empty or name
    return empty


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(part, str) for part in value))


def _is_body(value: object) -> bool:
    return value is None or isinstance(value, bytes) or _is_text(value)


def _is_plain(value: object) -> bool:
    return _is_text(value) or (isinstance(value, int | float | date) and not isinstance(value, bool))


def _body(value: object) -> str | bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, list):
        value = "\n".join(part for part in value if isinstance(part, str))
    return mend_surrogates(value) if isinstance(value, str) else ""


def _is_page(body: str | bytes) -> bool:
    return looks_like_html(body if isinstance(body, str) else body[: 1 << 16].decode("latin-1"))


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _no_text(record: Record, options: Options) -> NoText:
    names = [repr(name) for name in _names(record)]
    shown = ", ".join(names[:_SHOWN_FIELDS]) + (
        f" and {len(names) - _SHOWN_FIELDS} more" if len(names) > _SHOWN_FIELDS else ""
    )
    asked = f"named {options.text_field!r}" if options.text_field else "that is known to hold text"
    return NoText(
        f"The record has no field {asked}; its fields are: {shown or 'none'}.",
        "Name the field of the text with --text-field, or that of the page with --html-field.",
    )


def _names(record: Record) -> Iterator[str]:
    """The fields as --text-field takes them, those inside objects behind the object."""
    for name, value in record.items():
        yield name
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value)


@lru_cache(maxsize=256)
def _usual_among(names: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each meaning those of `names` that usually have it, best first."""
    present: dict[str, str] = {}
    for name in names:
        present.setdefault(_plain_name(name), name)
    return tuple((key, tuple(present[n] for n in usual if n in present)) for key, usual in _usual_names().items())


def _plain_name(name: str) -> str:
    return _SEPARATORS.sub("_", name.casefold())


@cache
def _usual_names() -> dict[str, list[str]]:
    return tomllib.loads((files("cleaner.read") / "fields.toml").read_text("utf-8"))


def mend_surrogates(text: str) -> str:
    r"""`text` that can be written as UTF-8: pairs of surrogates joined, lone ones replaced.

    >>> mend_surrogates("\ud83d\ude00 \ud800") == "\U0001f600 \ufffd"
    True
    """
    try:
        text.encode("utf-8")  # 10 times faster than a search for surrogates
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def json_object(values: Record) -> str:
    """`values` as JSON text; what JSON cannot hold (dates, bytes, infinities) as strings.

    >>> json_object({"n": 1, "kata": "é", "x": float("inf")})
    '{"n": 1, "kata": "é", "x": "inf"}'
    """
    if not values:
        return "{}"
    try:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False, default=str)
    except (ValueError, TypeError, RecursionError):
        text = json.dumps(_storable(values), ensure_ascii=False, default=str)
    if mend_surrogates(text) is not text:
        text = _SURROGATE.sub(lambda lone: f"\\u{ord(lone[0]):04x}", text)
    return text


def _storable(value: Any, depth: int = 0) -> Any:
    if depth > 100:
        return "..."
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _storable(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner, depth + 1) for inner in value]
    return value
