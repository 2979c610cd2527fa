"""The labels of codes in three languages: asked of the services once, never stored here."""

from story.desk import Desk
from story.sheets import LANGUAGES, Text, same

LISTS = {
    "outcome": "screening", "handling_instruction": "screening", "service": "referrals", "provision": "intake",
    "urgent_need": "intake", "service_unit": "referrals", "absence_reason": "intake",
}  # fmt: skip
"""The code lists that the tables use, and which service is asked for each."""


class Labels:
    """Code lists with their words."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._words: dict[str, dict[str, Text]] = {}

    async def read(self) -> None:
        """Ask for all lists."""
        reader = self._desk.scenario.on_duty("RECEIVES")
        for name, service in LISTS.items():
            found = await self._desk.get(reader, f"/{service}/v1/codes/{name}") or {"codes": []}
            self._words[name] = {
                code["code"]: {language: code[language] for language in LANGUAGES} for code in found["codes"]
            }

    def of(self, name: str, code: str) -> Text:
        """What a code is called; a code that no list knows stands for itself."""
        return self._words[name].get(code) or same(code)
