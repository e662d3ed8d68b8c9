"""A saved near-duplicate index: articles of an older corpus, against which a newer one is matched.

A folder with `header.json` and one folder of finished shards, which hold what the near-duplicate steps need of an
article: id, site, length, sketch and tokens. The articles stand in the order of a hash of their ids, so that an index
built in two runs is byte for byte the one built in one. A new generation of shards is written beside the old one and
named by the header, which is replaced at the end: a run that is killed leaves the old index as it was.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cleaner.arrays import first_of_equal
from cleaner.corpus.shards import ROW, SHARD, SKETCH, ShardSet, id_hash, sketch_column
from cleaner.durable import remove_parts, replacing
from cleaner.engine.columns import (
    binary_column,
    binary_values,
    fixed_column,
    list_column,
    list_values,
    number_column,
    number_values,
)
from cleaner.engine.shuffle import Emitted, Shuffle, Table, order_of
from cleaner.engine.work import write_shard
from cleaner.errors import OptionError, RefusedError
from cleaner.neardup.lsh import BAND_SIZE, BANDS
from cleaner.neardup.minhash import PERMUTATIONS, SEED
from cleaner.neardup.shingles import SIZE
from cleaner.neardup.tokens import NORMALISATION
from cleaner.ownership import check_folder, claim_folder

__all__ = ["Index"]

HEADER = {
    "format": 2,
    "permutations": PERMUTATIONS,
    "scheme": "affine32",
    "seed": SEED,
    "bands": BANDS,
    "rows": BAND_SIZE,
    "shingle": SIZE,
    "normalisation": NORMALISATION,
}
"""What must be equal for the signatures and tokens of an index to be compared with ours."""

HEADER_FILE = "header.json"

SHARD_ARTICLES = 8192
"""Articles in one shard, some 25 MB of them: 512 bytes of signature and 8 for each token."""

_DATA = re.compile(r"data-\d+")
_COLUMNS = ("id", "site", "length", *SKETCH)  # and "tokens"
_KEY = np.dtype([("name", "u8"), ("a", "u8"), ("b", "u8"), ("new", "?"), ("address", "i8")])


@dataclass
class Index:
    """An open index; make one with `Index.build` or `Index.open`. Its articles stay on disk."""

    folder: Path
    header: dict[str, Any]  # what header.json holds

    @classmethod
    def build(cls, folder: Path) -> Index:
        """Make a new, empty index. Raises RefusedError when there is something at `folder` already."""
        claim_folder(folder, "index", str(folder))
        # A run that was killed may have left an index without articles, which is as good as none.
        if (folder / HEADER_FILE).exists() and cls.open(folder).header["articles"]:
            raise RefusedError(f"{folder} is not empty; name another folder, or add to the index that is there.")
        (folder / "data-0").mkdir(exist_ok=True)
        index = cls(folder, {**HEADER, "articles": 0, "data": "data-0"})
        index._save()
        return index

    @classmethod
    def open(cls, folder: Path) -> Index:
        """Open an index. Raises OptionError when there is none, or it is damaged, or was made with other settings."""
        try:
            header = json.loads((folder / HEADER_FILE).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise OptionError(f"{folder} holds no index ({error}). Make one with: cleaner index build") from None
        for name, ours in HEADER.items():
            theirs = header.get(name)
            if theirs != ours:
                raise OptionError(f"The index {folder} has {name} {theirs!r}, this version {ours!r}. Build it again.")
        data = str(header.get("data"))
        # It is deleted when articles are added, so it has to be of this index: a folder in it, and no link.
        if not _DATA.fullmatch(data) or not (folder / data).is_dir() or (folder / data).is_symlink():
            raise OptionError(
                f"The index {folder} names {data!r} as its data, which is no folder of it. Build it again."
            )
        return cls(folder, header)

    @property
    def data(self) -> Path:
        """The folder of its shards, `00000000.arrow` and so on."""
        return self.folder / str(self.header["data"])

    def behind(self, shards: ShardSet) -> ShardSet:
        """Return the shards of a run with those of the index behind them."""
        return replace(shards, index=self.data, indexed=-(-self.header["articles"] // SHARD_ARTICLES))

    def state(self) -> list[object]:
        """Return what differs between two states of the index: number of articles, data folder, time of writing."""
        return [self.header["articles"], self.data.name, (self.folder / HEADER_FILE).stat().st_mtime_ns]

    def info(self) -> dict[str, Any]:
        """Return the header, and the size on disk in bytes."""
        size = sum(path.stat().st_size for path in self.data.iterdir())
        return {**{name: value for name, value in self.header.items() if name != "data"}, "bytes": size}

    def add(self, shuffle: Shuffle, shards: ShardSet) -> None:
        """Add the articles of finished shards. One with the id and the tokens of another that is there changes nothing.

        `shards` are those of a run with this index behind them (see `behind`).
        """
        check_folder(self.folder, "index", str(self.folder))
        remove_parts(self.folder)
        old = self.data
        data = self.folder / f"data-{int(old.name.partition('-')[2]) + 1}"
        for left in self.folder.glob("data-*"):  # by a run that was killed before or after it changed the header
            if left != old and _DATA.fullmatch(left.name) and not left.is_symlink():
                shutil.rmtree(left)
        data.mkdir()
        # 33 bytes an article in this process; the articles themselves go from shard to shard
        keys = shuffle.table("index-keys")
        shuffle.each("index-keys", partial(_save_keys, shards, keys), shards.all)
        records = np.concatenate([np.zeros(0, _KEY), *map(keys.load, shards.all)])
        records = records[order_of(records)]
        addresses = records["address"][first_of_equal(records["name"], records["a"], records["b"])]
        # the place of each article, by its address, in which the shards look theirs up
        order = np.argsort(addresses)
        keys.save("places", np.stack([addresses[order], order]))
        shuffle.reduce("index", shards.all, partial(_emit_articles, shards, keys), partial(_write_articles, data))
        # the header names the new shards from here on; until now the old ones are the index
        self.header |= {"articles": len(addresses), "data": data.name}
        self._save()
        shutil.rmtree(old)

    def _save(self) -> None:
        """Write the header."""
        with replacing(self.folder / HEADER_FILE) as out:
            out.write(json.dumps(self.header, indent=1).encode() + b"\n")


def _save_keys(shards: ShardSet, table: Table, number: int) -> None:
    """Save the keys by which the articles of a shard are compared: hashes of their ids and of their tokens."""
    shard, rows = shards.read(number, "id", "exact"), shards.alive(number)
    keys: NDArray[Any] = np.empty(len(rows), _KEY)
    keys["name"] = [id_hash(id) if len(id) else 0 for id in binary_values(shard["id"], rows)]
    keys["a"], keys["b"] = sketch_column(shard, "exact")[rows].T
    keys["new"], keys["address"] = number < shards.count, np.int64(number) << SHARD | rows
    table.save(number, keys)


def _emit_articles(shards: ShardSet, keys: Table, number: int) -> Emitted:
    """Emit the articles of a shard that the new index has, as Arrow tables, to their new shards."""
    addresses, places = keys.load("places")
    mine = slice(*np.searchsorted(addresses, (number << 32, (number + 1) << 32)).tolist())
    rows, places = addresses[mine] & ROW, places[mine]
    if not len(rows):
        return
    tokens, counts = shards.tokens(number, rows)
    shard = shards.read(number, *_COLUMNS)
    columns = {name: shard[name].combine_chunks().take(pa.array(rows)) for name in _COLUMNS}
    columns["tokens"] = list_column(np.concatenate([[0], np.cumsum(counts)]), tokens)
    table = pa.table({**columns, "place": number_column(places)})
    parts = places // SHARD_ARTICLES
    for part in np.unique(parts).tolist():
        sink = pa.BufferOutputStream()
        some = table.take(pa.array(np.flatnonzero(parts == part)))
        with pa.ipc.new_stream(sink, some.schema) as out:
            out.write_table(some)
        yield part, sink.getvalue().to_pybytes()


def _write_articles(folder: Path, part: int, packed: bytes) -> None:
    """Write one new shard of the index from its Arrow tables, with the articles in their order."""
    source, tables = pa.BufferReader(packed), []
    while source.tell() < len(packed):  # one Arrow stream behind the other
        tables.append(pa.ipc.open_stream(source).read_all())
    table = pa.concat_tables(tables)
    table = table.take(pa.array(np.argsort(number_values(table["place"]))))
    # built from plain arrays, so that the bytes of the file do not depend on how Arrow joined the tables
    columns = {name: binary_column(binary_values(table[name])) for name in ("id", "site")}
    columns["length"] = number_column(number_values(table["length"]))
    columns |= {name: fixed_column(sketch_column(table, name)) for name in SKETCH}
    columns["tokens"] = list_column(*list_values(table["tokens"]))
    write_shard(folder / f"{part:08d}.arrow", columns)
