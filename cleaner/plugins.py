"""Load what other packages add by entry points: phrase lists, rules, and readers of further formats.

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
"""Finds what to remove from an article. Offsets are code points of `article.before`, and kinds are those of KINDS."""

Reader = Callable[[bytes], Iterable[Mapping[str, Any]]]
"""Makes records of the bytes of one file. Their fields are found by the usual names, as in a file of JSON lines."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point, with the name and version of its package; "?" for both where that is not known."""

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


# Cached, as all below: the search through 180 packages takes 5 ms, and no plugin comes or goes while a process lasts.
@cache
def _plugins() -> Mapping[str, tuple[Plugin, ...]]:
    """Return the plugins of each group, sorted by name, so that their order does not depend on the file system."""
    installed_points, plugins = entry_points(), {}
    for group in GROUPS:
        found = []
        for point in installed_points.select(group=group):  # which may be without its package
            found.append(Plugin(point, point.dist.name, point.dist.version) if point.dist else Plugin(point, "?", "?"))
        plugins[group] = tuple(sorted(found, key=lambda plugin: (plugin.point.name, plugin.package)))
    return plugins


def installed() -> list[str]:
    """Return all plugins, each as one line with its group, name, package and version, sorted.

    They stand in the manifest, because the output depends on them. Without plugins the list is empty.
    """
    return [str(plugin) for group in GROUPS for plugin in _plugins()[group]]


@cache
def phrase_folders() -> tuple[tuple[str, Traversable], ...]:
    """Return (plugin, folder) for each plugin that ships phrase lists; a folder holds files such as id.toml.

    Raises OptionError where a plugin cannot be loaded.
    """
    found = []
    for plugin in _plugins()["cleaner.phrases"]:
        target = plugin.load()
        found.append((str(plugin), files(target) if isinstance(target, ModuleType) else Path(target)))
    return tuple(found)


@cache
def readers() -> Mapping[str, tuple[str, Reader]]:
    """Return the readers of plugins: suffix of a file, in small letters and without its dot -> (plugin, function).

    Raises OptionError where a plugin cannot be loaded.
    """
    return {p.point.name.lower().lstrip("."): (str(p), p.load()) for p in _plugins()["cleaner.readers"]}


def plugin_removals(article: Article) -> list[Removal]:
    """Return what the rules of all plugins remove from an article, plugin by plugin; the spans may overlap.

    Raises OptionError for a removal outside the article or of an unknown kind, which would break the logs, and
    RuntimeError with the name of the plugin for whatever a rule raises.

    >>> plugin_removals(Article(id="a", source="a.txt", before="Hujan turun."))  # where no plugin is installed
    []
    """
    found: list[Removal] = []
    for plugin in _plugins()["cleaner.rules"]:
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
