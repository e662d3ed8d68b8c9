"""Load what other packages add by entry points: phrase lists, rules and readers of further formats.

cleaner.phrases   a package (or a path) whose folder holds lists such as id.toml
cleaner.rules     a function `Article -> Iterable[Removal]`, called after the cleaner's own rules
cleaner.readers   a function `bytes -> Iterable[Mapping]`, the records of a file; the entry point's name is the suffix

Every installed plugin is used. Names and versions stand in the manifest, because the output depends on them.
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
    """One entry point, and the package that declares it."""

    point: EntryPoint
    package: str
    version: str

    def __str__(self) -> str:
        return f"{self.point.group}: {self.point.name} ({self.package} {self.version})"

    def load(self) -> Any:
        """The object that the entry point names. Raises OptionError if it cannot be imported."""
        try:
            return self.point.load()
        except Exception as error:  # a plugin may raise anything when it is imported
            detail = f"{type(error).__name__}: {error}"
            raise OptionError(f"The plugin {self} cannot be loaded: {detail}. Mend it, or uninstall it.") from error


def installed() -> list[str]:
    """All installed plugins, each as one line with its package and version, sorted."""
    return [str(plugin) for group in GROUPS for plugin in _plugins(group)]


@cache
def phrase_folders() -> tuple[tuple[str, Traversable], ...]:
    """The folders of phrase lists that plugins bring, as pairs of the plugin's name and the folder."""
    found = []
    for plugin in _plugins("cleaner.phrases"):
        what = plugin.load()
        # A package may lie in a zip file, so its folder is asked of the import system.
        found.append((str(plugin), files(what) if isinstance(what, ModuleType) else Path(what)))
    return tuple(found)


@cache
def readers() -> Mapping[str, tuple[str, Reader]]:
    """The readers that plugins bring: by the suffix of a file, the plugin's name and its function."""
    return {p.point.name.lower().lstrip("."): (str(p), p.load()) for p in _plugins("cleaner.readers")}


def ruled(article: Article) -> list[Removal]:
    """The removals that the rules of plugins want from an article, in no order.

    Raises OptionError for a removal that is impossible, and RuntimeError with the name of the plugin if a rule fails.
    """
    found: list[Removal] = []
    for plugin in _plugins("cleaner.rules"):
        rule: Rule = plugin.load()
        try:
            taken = list(rule(article))
        except Exception as error:  # without the name nobody would know whose code failed
            raise RuntimeError(f"the plugin {plugin}: {type(error).__name__}: {error}") from error
        # A wrong span would make the clean text unlike what the log says, so it stops the run.
        for removal in taken:
            if not 0 <= removal.start < removal.end <= len(article.before) or removal.kind not in KINDS:
                raise OptionError(
                    f"The plugin {plugin} gave {removal}, which is no span of the article or no known kind."
                )
        found += taken
    return found


@cache
def _plugins(group: str) -> tuple[Plugin, ...]:
    """The plugins of a group in a fixed order, because the output must not depend on the order of installation."""
    found = []
    for point in entry_points(group=group):
        found.append(Plugin(point, point.dist.name, point.dist.version) if point.dist else Plugin(point, "?", "?"))
    return tuple(sorted(found, key=lambda plugin: (plugin.point.name, plugin.package)))
