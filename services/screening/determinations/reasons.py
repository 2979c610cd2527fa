"""Reasons as keys and values, rendered in Khmer, Vietnamese or English from a fixed list of sentences."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from shared.codes import Language, label
from shared.model import C3, Model


class Reason(Model):
    """One sentence: its key, and what fills its gaps, in a fixed order."""

    key: C3[str]
    values: C3[tuple[tuple[str, str], ...]] = ()


def read(text: str) -> Mapping[str, Mapping[Language, str]]:
    """Sentences by key `group.name`. One that lacks a language is an error."""
    written: Mapping[str, Any] = tomllib.loads(text)
    return {
        f"{group}.{name}": {language: sentence[language] for language in Language}
        for group, sentences in written.items()
        for name, sentence in sentences.items()
    }


SENTENCES = {
    "2026.1": read((files("services.screening.determinations") / "reasons_2026_1.toml").read_text("utf-8")),
}


def _word(sentences: Mapping[str, Mapping[Language, str]], name: str, value: str, language: Language) -> str:
    match name:
        case "dimension" | "fact":
            return sentences[f"fact.{value}"][language]
        case "strength":
            return sentences[f"word.{value}"][language]
        case "outcome":
            return label("outcome", value, language)
        case _:
            return value


def render(reason: Reason, language: Language, version: str) -> str:
    """The sentence in that language, as the rule-set version words it."""
    sentences = SENTENCES[version]
    words = {name: _word(sentences, name, value, language) for name, value in reason.values}
    return sentences[reason.key][language].format(**words)


def sentences(reason: Reason, version: str) -> dict[str, str]:
    """The sentence in every language, by its name."""
    return {str(language): render(reason, language, version) for language in Language}
