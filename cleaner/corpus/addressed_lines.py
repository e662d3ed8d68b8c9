"""Pass lines of JSON about articles from one step over the whole corpus to the next, or to a shard.

Records of a fixed size travel as arrays (see shards.py). What has text in it, such as an id or the reason of a drop,
travels as a line: first by part, where it is worked on, and then with the address of its article to the shard of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from cleaner.corpus.shards import ShardSet
from cleaner.engine.shuffle import Emitted, Table, load_strings, save_strings

__all__ = ["emit_lines", "join_by_part", "save_by_address", "save_lines"]


def join_by_part(lines: Iterable[tuple[int, bytes]]) -> Emitted:
    """Yield (part, all its lines joined) for lines that come one by one, each behind the number of its part."""
    by_part: dict[int, list[bytes]] = defaultdict(list)
    for part, line in lines:
        by_part[part].append(line)
    for part, some in by_part.items():
        yield part, b"".join(some)


def save_by_address(table: Table, name: int | str, lines: Iterable[tuple[int, bytes]]) -> None:
    """Save lines, each behind the address of its article, as strings of the table sorted by address."""
    by_address = sorted(lines)
    addresses = np.array([address for address, _ in by_address], np.int64)
    save_strings(table, name, addresses, [line for _, line in by_address])


def emit_lines(shards: ShardSet, table: Table, part: int) -> Emitted:
    """Emit the saved lines of one part, each with its address, to the groups of their shards."""
    addresses = table.load(part)["address"]
    lines = load_strings(table, part, np.arange(len(addresses)))
    columns = zip(shards.groups(addresses).tolist(), addresses.tolist(), lines, strict=True)
    return join_by_part((group, b"%d\t%s\n" % (address, line)) for group, address, line in columns)


def save_lines(table: Table, group: int, packed: bytes) -> int:
    """Save the lines `address TAB JSON` that `emit_lines` sent to a group, by address. Returns how many articles of the
    group stay in the place of others, which are those with a line `["kept", ...]`."""
    parts = (line.partition(b"\t") for line in packed.splitlines())
    lines = [(int(address), line) for address, _, line in parts]
    save_by_address(table, group, lines)
    return len({address for address, line in lines if line.startswith(b'["kept"')})
