"""How the package is built: sizes, comments, words and imports, beside what the house asks.

    python benchmarks/house.py [PATH] [--worst N] [--check]

PATH is the folder of a package (default: cleaner/). For one of another name, say an installed ftfy, the words and the
order of the rooms are left out. `--worst N` lists the N worst places of each kind with file:line. `--check` exits with
1 when modules import each other in a circle, or a room imports one that stands below it. The order and the retired
words are in benchmarks/data/words_of_the_house.toml.

A body is the lines of a function that hold code: no docstring, no blank lines, no comments, and nothing of the bodies
of functions inside it, which are counted for themselves.
"""

from __future__ import annotations

import argparse
import ast
import fnmatch
import io
import re
import statistics
import tokenize
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[1]
TABLE = HOME / "benchmarks" / "data" / "words_of_the_house.toml"
LONG_FUNCTION, LONG_FILE = 70, 450  # lines; the house asks for less
SMALL = 12  # lines; a private function of so many with one caller mostly reads better in place
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
PRAGMA = re.compile(r"#\s*(noqa|type:|fmt:|pragma:|ruff:|mypy:)")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Definition = ast.FunctionDef | ast.AsyncFunctionDef
Table = Mapping[str, Any]  # the order of the rooms and the retired words, as the file above has them


@dataclass(frozen=True)
class Function:
    """A function or method, with where it stands and how large it is."""

    node: Definition
    owner: ast.ClassDef | None  # the class it is a method of
    at_top: bool  # a method or of module level; if not, it is inside another function
    lines: int  # from `def` to its end, with docstring and comments
    body: int  # lines of code, as the page above says


@dataclass(frozen=True)
class Import:
    """One module of the package that another imports."""

    source: str
    target: str
    line: int
    deferred: bool  # made inside a function or for type checking alone, so it cannot close a circle


@dataclass(frozen=True)
class Module:
    """A parsed file of the package."""

    name: str
    path: Path
    tree: ast.Module
    lines: int
    commented: frozenset[int]  # lines with a comment, or of a string that explains the assignment above it
    functions: tuple[Function, ...]

    @property
    def room(self) -> str:
        """The folder or module right under the package; the package's own name for its `__init__.py`."""
        parts = self.name.split(".")
        return parts[min(1, len(parts) - 1)]


@dataclass(frozen=True)
class Finding:
    """A place to mend: where it is and what is wrong, worst first by `weight`."""

    module: Module
    line: int
    what: str
    weight: float = 0

    def __str__(self) -> str:
        path = self.module.path
        return f"{path.relative_to(HOME) if path.is_relative_to(HOME) else path}:{self.line}  {self.what}"


def read_package(folder: Path) -> dict[str, Module]:
    """Every Python file under a folder, by its dotted name; the folder's own name is the package's."""
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        parts = (folder.name, *path.relative_to(folder).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        source = path.read_text("utf-8")
        tree = ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        code = {n for t in tokens if t.type not in NO_CODE for n in range(t.start[0], t.end[0] + 1)}
        # pragmas speak to tools, not to a reader
        commented = {t.start[0] for t in tokens if t.type == tokenize.COMMENT and not PRAGMA.match(t.string)}
        commented.update(_explaining_strings(tree))
        functions = tuple(_functions(tree, code, None, True))
        modules[name] = Module(name, path, tree, source.count("\n"), frozenset(commented), functions)
    return modules


def _explaining_strings(tree: ast.Module) -> Iterator[int]:
    """Lines of bare strings that stand right under an assignment of a module or a class."""
    for holder in ast.walk(tree):
        if isinstance(holder, ast.Module | ast.ClassDef):
            for above, below in zip(holder.body, holder.body[1:], strict=False):
                if isinstance(above, ast.Assign | ast.AnnAssign) and _is_string(below):
                    yield from range(below.lineno, (below.end_lineno or below.lineno) + 1)


def _is_string(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _functions(node: ast.AST, code: set[int], owner: ast.ClassDef | None, at_top: bool) -> Iterator[Function]:
    """All functions under a node, from the top of the file down. `code` are the lines of the file that hold code."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            inside = list(_functions(child, code, None, False))
            lines = _body_lines(child) & code
            for function in inside:
                lines -= _body_lines(function.node)
            length = (child.end_lineno or child.lineno) - child.lineno + 1
            yield Function(child, owner, at_top, length, len(lines))
            yield from inside
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, code, child, at_top)
        else:
            yield from _functions(child, code, owner, at_top)


def _body_lines(node: Definition) -> set[int]:
    """Line numbers from the first statement to the last, without the docstring."""
    statements = node.body[1:] if _is_string(node.body[0]) else node.body
    first = min((d.lineno for s in statements for d in [s, *getattr(s, "decorator_list", [])]), default=0)
    return set(range(first, (node.end_lineno or 0) + 1)) if statements else set()


def private_functions(modules: Mapping[str, Module]) -> list[Function]:
    """Functions of module level and methods whose name begins with one underscore."""
    found = [f for m in modules.values() for f in m.functions if f.at_top and f.node.name.startswith("_")]
    return [function for function in found if not function.node.name.endswith("__")]


def one_caller(modules: Mapping[str, Module]) -> list[tuple[Module, Function]]:
    """Private functions that their own file names once and no other file names, shortest first.

    Naming is a call or handing it on. Methods of one name in several classes of a file are told apart where they are
    called on `self` or `cls`. Another file names a function when it imports it.
    """
    found = []
    private = {id(function) for function in private_functions(modules)}
    used = {name: _names_used(module.tree) for name, module in modules.items()}
    imported = {called for uses in used.values() for called in uses.imported}
    for name, module in modules.items():
        in_classes = {c: _names_used(c) for c in ast.walk(module.tree) if isinstance(c, ast.ClassDef)}
        for function in module.functions:
            called = function.node.name
            if id(function) not in private or called in imported:
                continue
            if function.owner is None:
                uses = used[name].plain[called] + used[name].on_self[called]
            else:
                uses = in_classes[function.owner].on_self[called]
            if uses + used[name].on_others[called] == 1:
                found.append((module, function))
    return sorted(found, key=lambda pair: pair[1].lines)


@dataclass(frozen=True)
class Uses:
    """How often names are used under a node: plainly, as attributes of self or cls, and as attributes of others."""

    plain: Counter[str]
    on_self: Counter[str]
    on_others: Counter[str]
    imported: set[str]


def _names_used(tree: ast.AST) -> Uses:
    uses = Uses(Counter(), Counter(), Counter(), set())
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            uses.plain[node.id] += 1
        elif isinstance(node, ast.Attribute):
            on_self = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            (uses.on_self if on_self else uses.on_others)[node.attr] += 1
        elif isinstance(node, ast.ImportFrom):
            uses.imported.update(alias.name for alias in node.names)
    return uses


def retired_words(modules: Mapping[str, Module], table: Table) -> list[Finding]:
    """Names of modules, of what they define, and of members of public classes in which a retired word stands."""
    found = []
    for module in modules.values():
        for line, name in _names(module):
            for entry in table["retired"]:
                spoken = f"_{_snake(name)}_"
                if module.room in entry.get("fine_in", ()) or module.room not in entry.get("only_in", (module.room,)):
                    continue
                for right in entry.get("unless", ()):
                    spoken = spoken.replace(f"_{right}_", "_")
                alone = entry.get("alone", False)
                said = [w for w in entry["words"] if (spoken == f"_{w}_" if alone else f"_{w}_" in spoken)]
                if said:
                    found.append(Finding(module, line, f"{name}: {said[0]!r}; say {entry['say']}"))
    return found


def _snake(name: str) -> str:
    """The parts of a name in lower case, joined by underscores: CorpusRows and _corpus_rows are both corpus_rows."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")


def _names(module: Module) -> Iterator[tuple[int, str]]:
    """Line and name of the module, of what stands at its top level, and of public members of its public classes."""
    yield 1, module.name.rpartition(".")[2]
    for node in module.tree.body:
        yield from ((node.lineno, name) for name in _bound(node))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            members = ((m.lineno, name) for m in node.body for name in _bound(m))
            yield from ((line, name) for line, name in members if not name.startswith("_"))


def _bound(node: ast.stmt) -> list[str]:
    """The names that a statement gives to a class, a function or a value; `__all__` and its like are Python's."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names = [node.name]
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    else:
        names = []
    return [name for name in names if not name.startswith("__")]


def repeated_names(modules: Mapping[str, Module], table: Table) -> list[Finding]:
    """Classes, private ones as well, and public functions of module level whose name several modules define."""
    places: dict[str, list[tuple[Module, int]]] = defaultdict(list)
    meant = {name for entry in table["repeated"].get("meant", ()) for name in entry["names"]}
    for module in modules.values():
        if module.room in table["repeated"]["fine_in"]:
            continue
        for node in module.tree.body:
            public = isinstance(node, FUNCTIONS) and not node.name.startswith("_")
            if public or isinstance(node, ast.ClassDef):
                for name in set(_bound(node)) - meant:
                    places[name].append((module, node.lineno))
    found = []
    for name, defined in places.items():
        if len({module.name for module, _ in defined}) > 1:
            others = ", ".join(module.name for module, _ in defined[1:])
            found.append(Finding(*defined[0], f"{name}: also in {others}", len(defined)))
    return found


def imports(modules: Mapping[str, Module]) -> list[Import]:
    """What the modules of a package import of each other, each once per line."""
    found = []
    for module in modules.values():
        for node, deferred in _import_nodes(module.tree, False):
            if all(alias.name.startswith("__") for alias in node.names):
                continue  # `from cleaner import __version__` asks for the package's name tag, not for what it does
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            else:
                base = _absolute(module, node)
                # `from package import name` means the module of that name where there is one, else the package
                named = [f"{base}.{a.name}" if f"{base}.{a.name}" in modules else base for a in node.names]
            targets = dict.fromkeys(name for name in named if name in modules and name != module.name)
            found += [Import(module.name, target, node.lineno, deferred) for target in targets]
    return found


def _import_nodes(node: ast.AST, deferred: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node, deferred
    elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for part in node.body:
            yield from _import_nodes(part, True)
        for part in node.orelse:
            yield from _import_nodes(part, deferred)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _import_nodes(child, deferred or isinstance(node, FUNCTIONS))


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    """The full name of what stands after `from`; dots are counted from the module's package."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    parts = parts[: len(parts) - node.level + (module.path.name == "__init__.py")]
    return ".".join([*parts, *([node.module] if node.module else [])])


def circles(found: Iterable[Import]) -> list[list[str]]:
    """Groups of modules that import each other in a circle when they are loaded, each group sorted by name."""
    after: dict[str, set[str]] = defaultdict(set)
    for one in found:
        if not one.deferred:
            after[one.source].add(one.target)
    reach = {name: _reachable(name, after) for name in list(after)}
    groups = {tuple(sorted({name, *(n for n in reach[name] if name in reach.get(n, ()))})) for name in reach}
    return [list(group) for group in sorted(groups) if len(group) > 1]


def _reachable(name: str, after: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        new = after.get(ahead.pop(), set()) - seen
        seen |= new
        ahead += new
    return seen


def against_order(modules: Mapping[str, Module], table: Table) -> list[Finding]:
    """Imports of a room that stands below, made anywhere in a module; what the table lists as lazy is left out.

    Rooms that the table does not name are not judged: `unnamed_rooms` tells of them.
    """
    rooms = {name: (n, row) for n, row in enumerate(table["rooms"]) for name in row["names"]}
    found = []
    for one in imports(modules):
        source, target = modules[one.source].room, modules[one.target].room
        if source == target or source not in rooms or target not in rooms:
            continue
        (below, importer), (above, imported) = rooms[source], rooms[target]
        allowed = above <= below
        allowed = allowed and target in importer.get("sees", (target,)) and source in imported.get("seen_by", (source,))
        if not allowed and not (one.deferred and _is_meant(one, table)):
            found.append(Finding(modules[one.source], one.line, f"{source} imports {target} ({one.target})"))
    return found


def _is_meant(one: Import, table: Table) -> bool:
    lazy = table.get("lazy", ())
    return any(fnmatch.fnmatch(one.source, e["from"]) and fnmatch.fnmatch(one.target, e["to"]) for e in lazy)


def unnamed_rooms(modules: Mapping[str, Module], table: Table) -> list[str]:
    """Rooms of the package that the table does not name."""
    named = {name for row in table["rooms"] for name in row["names"]}
    return sorted({module.room for module in modules.values()} - named)


@dataclass(frozen=True)
class Figure:
    """One line of the table; `asked` is empty where the house asks nothing."""

    name: str
    value: str
    asked: str = ""
    places: Sequence[Finding] = ()  # all that the figure counts, or that it is the worst of


def measure(modules: Mapping[str, Module], table: Table | None) -> list[Figure]:
    """All figures of a package; without a table, those that any package has."""
    figures = [*_sizes(modules), *_helpers(modules), *_comments(modules)]
    knots = [Finding(modules[group[0]], 1, ", ".join(group)) for group in circles(imports(modules))]
    figures.append(Figure("circles of imports", f"{len(knots)}", "0", knots))
    if table:
        for name, found in (
            ("retired words in names", retired_words(modules, table)),
            ("names that several modules define", repeated_names(modules, table)),
            ("imports against the order of the house", against_order(modules, table)),
        ):
            figures.append(Figure(name, f"{len(found)}", "0", found))
        unnamed = unnamed_rooms(modules, table)
        figures.append(Figure("rooms without a place in the order", ", ".join(unnamed) or "0", "0"))
    return figures


def _sizes(modules: Mapping[str, Module]) -> Iterator[Figure]:
    files = [Finding(m, 1, f"{m.path.name}, {m.lines} lines", m.lines) for m in modules.values()]
    longest = max(files, key=lambda place: place.weight)
    yield Figure("files", f"{len(files):,}")
    yield Figure("lines", f"{sum(m.lines for m in modules.values()):,}")
    yield Figure("longest file", longest.what, f"< {LONG_FILE}", files)
    all_functions = [(m, f) for m in modules.values() for f in m.functions]
    bodies = [f.body for _, f in all_functions] or [0]
    yield Figure("functions and methods", f"{len(all_functions):,}")
    yield Figure("  lines of code in a body, mean", f"{statistics.fmean(bodies):.1f}", ">= 8.5")
    places = [Finding(m, f.node.lineno, f"{f.node.name}, {f.lines} lines", f.lines) for m, f in all_functions]
    if places:
        yield Figure("  longest", max(places, key=lambda p: p.weight).what, f"< {LONG_FUNCTION}", places)
    yield Figure(f"  over {LONG_FUNCTION} lines", f"{sum(place.weight > LONG_FUNCTION for place in places)}", "0")


def _helpers(modules: Mapping[str, Module]) -> Iterator[Figure]:
    private = private_functions(modules)
    single = one_caller(modules)
    small = [(m, f) for m, f in single if f.lines <= SMALL]
    places = [Finding(m, f.node.lineno, f"{f.node.name}, {f.lines} lines", -f.lines) for m, f in small]
    for name, some in (("private", private), ("  with one caller", [f for _, f in single])):
        yield Figure(name, f"{len(some):,} ({sum(f.owner is not None for f in some)} methods)")
    methods = sum(f.owner is not None for _, f in small)
    yield Figure(f"  and of {SMALL} lines or fewer", f"{len(small):,} ({methods} methods)", "< 150", places)
    if places:
        by_room = Counter(module.room for module, _ in small)
        yield Figure("  most of these in", ", ".join(f"{room} {n}" for room, n in by_room.most_common(4)))


def _comments(modules: Mapping[str, Module]) -> Iterator[Figure]:
    lines, commented = (sum(n) for n in zip(*((m.lines, len(m.commented)) for m in modules.values()), strict=True))
    missing = {name: m.lines / 20 - len(m.commented) for name, m in modules.items()}
    places = [Finding(m, 1, f"{len(m.commented)} of {m.lines} lines", missing[n]) for n, m in modules.items()]
    yield Figure("lines with a comment", f"{commented / max(lines, 1):.1%}", ">= 5 %", places)


def main() -> None:
    """Print the table, and the worst places where asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=Path, default=HOME / "cleaner", metavar="PATH")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="list the N worst places of each kind")
    parser.add_argument("--check", action="store_true", help="exit with 1 on circles and on imports against the order")
    given = parser.parse_args()
    folder = given.path.resolve()
    modules = read_package(folder)
    if not modules:
        parser.error(f"{given.path} holds no Python files; give the folder of a package.")
    table = tomllib.loads(TABLE.read_text("utf-8")) if folder.name == "cleaner" else None
    figures = measure(modules, table)
    for figure in figures:
        print(f"{figure.name:<40} {figure.value:>12}   {figure.asked and 'asked ' + figure.asked}".rstrip())
    for figure in figures if given.worst else ():
        if figure.places:
            print(f"\n{figure.name}")
            worst = sorted(figure.places, key=lambda place: -place.weight)
            print(*(f"  {place}" for place in worst[: given.worst]), sep="\n")
    if given.check and table:
        wrong = circles(imports(modules)) or against_order(modules, table) or unnamed_rooms(modules, table)
        raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
