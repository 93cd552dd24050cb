"""Protected attributes: columns that no scorecard is ever trained on, and why.

There is no switch to let them in. A name is looked at word by word in English and by its
characters in Chinese; values that spell a sex give a column away whatever its name.
"""

import re
from collections.abc import Iterable

_WORDS = {
    "sex": "sex", "sexes": "sex", "gender": "sex", "female": "sex", "male": "sex", "woman": "sex",
    "race": "ethnicity", "ethnic": "ethnicity", "ethnicity": "ethnicity", "tribe": "ethnicity",
    "caste": "ethnicity", "minority": "ethnicity", "nationality": "ethnicity",
    "foreign": "ethnicity", "foreigner": "ethnicity", "citizenship": "ethnicity",
    "religion": "religion", "religious": "religion", "faith": "religion", "church": "religion",
    "health": "health", "illness": "health", "disease": "health", "sick": "health",
    "medical": "health", "disability": "health", "disabled": "health", "pregnant": "health",
    "pregnancy": "health", "hiv": "health",
}  # fmt: skip
#: Inside longer words too: nothing harmless contains them.
_PARTS = {
    "gender": "sex", "ethnic": "ethnicity", "nationalit": "ethnicity", "religio": "religion",
    "disabilit": "health", "pregnan": "health", "healthstat": "health",
    "性别": "sex", "民族": "ethnicity", "族别": "ethnicity", "国籍": "ethnicity",
    "宗教": "religion", "信仰": "religion", "健康": "health", "疾病": "health", "病史": "health",
    "患病": "health", "残疾": "health", "怀孕": "health", "医疗": "health",
}  # fmt: skip
_SPLIT = re.compile(r"[^a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEXES = re.compile(r"\s*(男性?|女性?|male|female|man|woman|men|women)\s*([:：/,].*)?", re.I)
_LETTERS = ({"m", "f"}, {"m", "w"})


def protected_name(name: str) -> str | None:
    """sex | ethnicity | religion | health if the name says so, else ``None``."""
    words = _SPLIT.split(_CAMEL.sub(" ", name).lower())
    for word in words:
        if word in _WORDS:
            return _WORDS[word]
    low = name.lower()
    return next((kind for part, kind in _PARTS.items() if part in low), None)


def protected_values(words: Iterable[str]) -> str | None:
    """``sex`` if every word is one (男/女, male/female, M/F), else ``None``."""
    distinct = {word.lower() for word in words}
    if len(distinct) < 2:
        return None
    return "sex" if distinct in _LETTERS or all(map(_SEXES.fullmatch, distinct)) else None
