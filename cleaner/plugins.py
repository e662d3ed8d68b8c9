"""What other packages add, by entry points: phrase lists, rules and readers of further formats.

cleaner.phrases   a package (or a path) whose folder holds lists such as id.toml
cleaner.rules     a function `Article -> Iterable[Removal]`, asked after the cleaner's own rules
cleaner.readers   a function `bytes -> Iterable[Mapping]`, the records of a file; the entry point's name is the suffix

Every plugin that is installed counts; names and versions stand in the manifest, for the output depends on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import ModuleType
from typing import Any

from cleaner.article import KINDS, Article, Removal
from cleaner.errors import OptionError

__all__ = ["GROUPS", "Reader", "Rule", "installed", "phrase_folders", "readers", "ruled"]

GROUPS = ("cleaner.phrases", "cleaner.readers", "cleaner.rules")

Rule = Callable[[Article], Iterable[Removal]]
Reader = Callable[[bytes], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point, and the package that has it."""

    point: EntryPoint
    package: str
    version: str

    def __str__(self) -> str:
        return f"{self.point.group}: {self.point.name} ({self.package} {self.version})"

    def load(self) -> Any:
        """What the entry point names. Raises OptionError where that fails."""
        try:
            return self.point.load()
        except Exception as error:  # whatever a plugin does when it is imported
            told = f"{type(error).__name__}: {error}"
            raise OptionError(f"The plugin {self} cannot be loaded: {told}. Mend it, or uninstall it.") from error


def installed() -> list[str]:
    """All plugins, each as one line with its package and version, sorted."""
    return [str(plugin) for group in GROUPS for plugin in _plugins(group)]


@cache
def phrase_folders() -> tuple[tuple[str, Traversable], ...]:
    """The folders of phrase lists: (name of the plugin, folder)."""
    found = []
    for plugin in _plugins("cleaner.phrases"):
        what = plugin.load()
        found.append((str(plugin), files(what) if isinstance(what, ModuleType) else Path(what)))
    return tuple(found)


@cache
def readers() -> Mapping[str, tuple[str, Reader]]:
    """Suffix -> (name of the plugin, its function)."""
    return {p.point.name.lower().lstrip("."): (str(p), p.load()) for p in _plugins("cleaner.readers")}


def ruled(article: Article) -> list[Removal]:
    """What the rules of plugins take from an article, in no order.

    Raises OptionError for a removal that cannot be, RuntimeError naming the plugin for whatever one raises.
    """
    found: list[Removal] = []
    for name, rule in _rules():
        try:
            taken = list(rule(article))
        except Exception as error:
            raise RuntimeError(f"the plugin {name}: {type(error).__name__}: {error}") from error
        for removal in taken:
            if not 0 <= removal.start < removal.end <= len(article.before) or removal.kind not in KINDS:
                raise OptionError(
                    f"The plugin {name} gave {removal}, which is no span of the article or no known kind."
                )
        found += taken
    return found


@cache
def _rules() -> tuple[tuple[str, Rule], ...]:
    return tuple((str(p), p.load()) for p in _plugins("cleaner.rules"))


@cache
def _plugins(group: str) -> tuple[Plugin, ...]:
    found = [
        Plugin(p, p.dist.name if p.dist else "?", p.dist.version if p.dist else "?") for p in entry_points(group=group)
    ]
    return tuple(sorted(found, key=lambda p: (p.point.name, p.package)))
