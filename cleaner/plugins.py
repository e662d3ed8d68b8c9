"""What other packages add by entry points: phrase lists, rules, and readers of further formats.

cleaner.phrases   a package, or a path, whose folder holds phrase lists such as id.toml
cleaner.rules     a function `Article -> Iterable[Removal]`, called after the cleaner's own rules
cleaner.readers   a function `bytes -> Iterable[Mapping]`, the records of a file; the entry point's name is the suffix

Every installed plugin counts in every run. Their names and versions stand in the manifest, because the output depends
on them.
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

__all__ = ["GROUPS", "Reader", "Rule", "installed", "phrase_folders", "plugin_removals", "readers"]

GROUPS = ("cleaner.phrases", "cleaner.readers", "cleaner.rules")
"""The groups of entry points, sorted, as the manifest lists them."""

Rule = Callable[[Article], Iterable[Removal]]
Reader = Callable[[bytes], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point, and the package that it belongs to."""

    point: EntryPoint
    package: str
    version: str

    def __str__(self) -> str:
        return f"{self.point.group}: {self.point.name} ({self.package} {self.version})"

    def load(self) -> Any:
        """Import what the entry point names. Raises OptionError, with the name of the package, where that fails."""
        try:
            return self.point.load()
        except Exception as error:  # whatever a plugin does when it is imported
            cause = f"{type(error).__name__}: {error}"
            raise OptionError(f"The plugin {self} cannot be loaded: {cause}. Mend it, or uninstall it.") from error


@cache
def _entry_points() -> Any:  # EntryPoints, which Python 3.11 still calls SelectableGroups
    """Those of all groups: the search through all packages, 5 ms for 180 of them, is made once."""
    return entry_points()


# Cached as all below: entry points are looked up once in a process, and no plugin comes or goes while it lasts.
@cache
def _plugins(group: str) -> tuple[Plugin, ...]:
    """Return the plugins of a group, sorted, so that their order does not depend on the file system."""
    found = []
    for point in _entry_points().select(group=group):  # which may be without its package
        found.append(Plugin(point, point.dist.name, point.dist.version) if point.dist else Plugin(point, "?", "?"))
    return tuple(sorted(found, key=lambda plugin: (plugin.point.name, plugin.package)))


def installed() -> list[str]:
    """Return all plugins, each as one line with its package and version, sorted."""
    return [str(plugin) for group in GROUPS for plugin in _plugins(group)]


@cache
def phrase_folders() -> tuple[tuple[str, Traversable], ...]:
    """Return the folders of phrase lists, each behind the name of its plugin."""
    found = []
    for plugin in _plugins("cleaner.phrases"):
        target = plugin.load()
        found.append((str(plugin), files(target) if isinstance(target, ModuleType) else Path(target)))
    return tuple(found)


@cache
def readers() -> Mapping[str, tuple[str, Reader]]:
    """Return the readers of plugins: by the suffix of a file, the name of the plugin and its function."""
    return {p.point.name.lower().lstrip("."): (str(p), p.load()) for p in _plugins("cleaner.readers")}


def plugin_removals(article: Article) -> list[Removal]:
    """Return what the rules of all plugins remove from an article, in no particular order.

    Raises OptionError for a removal outside the article or of an unknown kind, which would break the logs, and
    RuntimeError with the name of the plugin for whatever a rule raises.
    """
    found: list[Removal] = []
    for plugin in _plugins("cleaner.rules"):
        rule: Rule = plugin.load()  # imports it once; after that it is a look-up
        try:
            removals = list(rule(article))
        except Exception as error:  # whatever a plugin does with an article
            raise RuntimeError(f"the plugin {plugin}: {type(error).__name__}: {error}") from error
        for removal in removals:
            if not 0 <= removal.start < removal.end <= len(article.before) or removal.kind not in KINDS:
                raise OptionError(
                    f"The plugin {plugin} gave {removal}, which is no span of the article or no known kind."
                )
        found += removals
    return found
