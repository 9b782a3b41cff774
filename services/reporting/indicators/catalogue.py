"""Which indicators are there? Every definition that a file of this folder declares, by name and version.

A file declares its own in `DEFINITIONS`; that is all the registration there is.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from services.reporting.indicators.breakdowns import ALWAYS, Breakdown
from services.reporting.indicators.indicator import Indicator, Topic
from services.reporting.indicators.measure import Measure
from services.reporting.indicators.measures import MEASURES
from shared.kernel.sentence import Sentence


class NoSuchVersion(LookupError):  # noqa: N818 - says what it is
    """The indicator has no such version, with a sentence that lists those it has."""


class Catalogue(Mapping[str, Indicator]):
    """Every definition; by its name alone the newest version of each, in the order of topics and ids."""

    def __init__(self, definitions: Iterable[Indicator]) -> None:
        """Raises: ValueError for two definitions of the same name and version, or two topics of the same letter."""
        self.by_name: dict[str, dict[int, Indicator]] = {}
        for each in sorted(definitions, key=lambda each: (each.topic.order, each.topic.letter, each.number)):
            versions = self.by_name.setdefault(each.name, {})
            if each.version in versions:
                msg = f"{each.name} has version {each.version} twice; give the changed definition a new version."
                raise ValueError(msg)
            versions[each.version] = each
        if len({topic.letter for topic in self.topics}) < len(self.topics):
            msg = f"Two topics have the same letter: {', '.join(topic.name.en for topic in self.topics)}."
            raise ValueError(msg)

    def __getitem__(self, name: str) -> Indicator:
        return self.of(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def of(self, name: str, version: int | None = None) -> Indicator:
        """A definition, the newest unless a version is named.

        Raises: KeyError for an unknown name; NoSuchVersion.
        """
        versions = self.by_name[name]
        asked = max(versions) if version is None else version
        if asked not in versions:
            listed = ", ".join(map(str, self.versions(name)))
            sentence = "{name} has no version {version}; it has {versions}."
            raise NoSuchVersion(Sentence(sentence, name=name, version=asked, versions=listed))
        return versions[asked]

    def versions(self, name: str) -> list[int]:
        """The versions of an indicator, the oldest first."""
        return sorted(self.by_name[name])

    @property
    def definitions(self) -> list[Indicator]:
        """Every version of every indicator."""
        return [versions[version] for versions in self.by_name.values() for version in sorted(versions)]

    @property
    def topics(self) -> list[Topic]:
        """The topics, in the order in which pages show them."""
        return list(dict.fromkeys(each.topic for each in self.definitions))

    @property
    def measures(self) -> list[Measure]:
        """Every measure that a definition uses, in the order of their columns."""
        return list(dict.fromkeys([*MEASURES, *(each.measure for each in self.definitions)]))

    @property
    def breakdowns(self) -> list[Breakdown]:
        """Every breakdown that a definition has, without repeating a name."""
        every = (*ALWAYS, *(breakdown for each in self.definitions for breakdown in each.breakdowns))
        return list({breakdown.name: breakdown for breakdown in every}.values())


def declared() -> Iterator[Indicator]:
    """What the files of this folder declare."""
    for module in iter_modules([str(Path(__file__).parent)]):
        if module.name != Path(__file__).stem:
            loaded = import_module(f"{__package__}.{module.name}")
            yield from getattr(loaded, "DEFINITIONS", ())


INDICATORS = Catalogue(declared())
