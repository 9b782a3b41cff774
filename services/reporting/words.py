"""How is a text declared that people read? In both languages, beside what it describes."""

from typing import NamedTuple


class Words(NamedTuple):
    """The same words in English and in German."""

    en: str
    de: str

    def of(self, language: str) -> str:
        """The words in a language, by its tag; English where there is no other."""
        return self.de if language == "de" else self.en

    def filled(self, **values: "Words") -> "Words":
        """The words with what belongs into their braces."""
        return Words(
            self.en.format(**{name: words.en for name, words in values.items()}),
            self.de.format(**{name: words.de for name, words in values.items()}),
        )
