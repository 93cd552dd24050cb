"""The synthetic county: invented people by persona, the same for the same seed on every machine.

Nobody here exists. Numbers have right check digits so that real validation runs; names, villages
and figures are drawn from the seed, the persona and the person's number alone.
"""

import random
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

PEOPLE_PER_PERSONA = 400
#: The county's own calendar: ages and histories are told as of this day, not of the clock.
AS_OF = date(2026, 11, 1)

#: persona → (expected outcome, youngest, oldest)
PERSONAS: dict[str, tuple[str, int, int]] = {
    "teacher": ("approve", 28, 55),
    "civil_servant": ("approve", 28, 55),
    "depositor": ("approve", 35, 60),
    "mortgage_customer": ("approve", 30, 50),
    "shop_owner": ("approve", 30, 55),
    "rice_farmer": ("approve", 35, 58),
    "pig_farmer": ("approve", 32, 56),
    "thin_file": ("approve", 24, 50),
    "over_indebted": ("decline", 28, 50),
    "court_debtor": ("decline", 32, 55),
    "fraud_ring": ("decline", 22, 40),
    "outside_area": ("decline", 25, 50),
    "moved_household": ("refer", 30, 55),
    "minor": ("decline", 15, 16),
    "elder": ("decline", 70, 78),
}
_COUNTIES = {"510802": "利州区", "510811": "昭化区", "510812": "朝天区"}
_OUTSIDE = "440306"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_WOMEN = """
秀兰 桂英 玉珍 丽华 淑芬 春梅 晓燕 红霞 素琼 小蓉 雪梅 秀芳 凤英 莉 敏 静 婷 丹 琼芳 玉兰
桂芳 美玲 海燕 文秀 惠兰 明霞 光秀 仕英 思雨 佳怡 雅琴 晓玲 永芳 兴秀 玉蓉 世珍
"""
_MEN = """
建国 国强 志强 德福 永贵 文斌 成林 光明 小军 世平 大勇 家兴 正祥 强 勇 涛 兵 林 建华 明辉
仕军 兴国 天云 光荣 俊杰 浩 永康 文武 志远 德全 国华 大平 世贵 万才 朝元 明生
"""
#: The villages the demo bank's branches serve.
_VILLAGES = {
    "510802": "老林沟村 青龙村 石盘村 清江村 苏家村 范家村 赤化村 泥窝村",
    "510811": "元坝村 卫子村 王家村 磨滩村 柏林沟村 太公村 虎跳村 红岩村",
    "510812": "大滩村 羊木村 曾家村 平溪村 两河口村 李家村 沙河村 中子村",
}
_MOBILE_PREFIXES = (
    "134", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "182", "187",
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Person:
    name: str
    id_number: str
    mobile: str
    card_number: str
    other_card_number: str
    address: str
    persona: str
    expected: str
    number: int

    def public(self) -> dict[str, Any]:
        """What ``GET /people`` shows."""
        return {key: value for key, value in asdict(self).items() if key != "number"}

    @property
    def county(self) -> str:
        return self.id_number[:6]

    @property
    def is_woman(self) -> bool:
        return int(self.id_number[16]) % 2 == 0

    @property
    def born(self) -> date:
        return date.fromisoformat(self.id_number[6:14])


class County:
    """All people of one seed, found by ID number or card."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.people: dict[str, list[Person]] = {}
        self.by_id_number: dict[str, Person] = {}
        self.by_card: dict[str, Person] = {}
        for order, persona in enumerate(PERSONAS):
            self.people[persona] = [
                self._person(persona, order, n) for n in range(PEOPLE_PER_PERSONA)
            ]

    def chance(self, *words: object) -> random.Random:
        """A source of chance that depends on the seed and these words only."""
        return random.Random("|".join(map(str, (self.seed, *words))))

    def in_turn(self, offset: int, limit: int) -> list[Person]:
        """People of all personas, one of each in turn."""
        personas, total = list(self.people.values()), len(self.by_id_number)
        return [
            personas[place % len(personas)][place // len(personas)]
            for place in range(offset, min(offset + limit, total))
        ]

    def _person(self, persona: str, order: int, number: int) -> Person:
        chance = self.chance("person", persona, number)
        expected, youngest, oldest = PERSONAS[persona]
        county = _OUTSIDE if persona == "outside_area" else chance.choice(list(_COUNTIES))
        id_number = self._free_id_number(chance, county, youngest, oldest)
        serial = order * PEOPLE_PER_PERSONA + number
        given = chance.choice((_WOMEN if int(id_number[16]) % 2 == 0 else _MEN).split())
        # rings share a flat: eight of them at one address, wherever their ID cards were issued
        home, home_county = chance, county
        if persona == "fraud_ring":
            home = self.chance("ring", number // 8)
            home_county = home.choice(list(_COUNTIES))
        person = Person(
            name=chance.choice(_SURNAMES) + given,
            id_number=id_number,
            mobile=_mobile(serial),
            card_number=_with_luhn_digit(f"623052{1_000_000_00 + serial:09d}000"),
            other_card_number=_with_luhn_digit(f"622848{1_000_000_00 + serial:09d}000"),
            address=_address(home, home_county),
            persona=persona,
            expected=expected,
            number=number,
        )
        self.by_id_number[person.id_number] = person
        self.by_card[person.card_number] = self.by_card[person.other_card_number] = person
        return person

    def _free_id_number(
        self, chance: random.Random, county: str, youngest: int, oldest: int
    ) -> str:
        while True:
            days = chance.randint(youngest * 366, (oldest + 1) * 365 - 40)
            born = AS_OF - timedelta(days=days)
            body = f"{county}{born:%Y%m%d}{chance.randint(1, 999):03d}"
            products = (int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
            id_number = body + "10X98765432"[sum(products) % 11]
            if id_number not in self.by_id_number:
                return id_number


def _mobile(serial: int) -> str:
    """Unique per person: the step shares no factor with the range and never comes round."""
    prefix = _MOBILE_PREFIXES[serial % len(_MOBILE_PREFIXES)]
    return f"{prefix}{20_000_000 + serial * 7919 % 79_999_999:08d}"


def _address(chance: random.Random, county: str) -> str:
    if county == _OUTSIDE:
        return f"广东省深圳市宝安区新安街道创业路{chance.randint(1, 300)}号"
    village = chance.choice(_VILLAGES[county].split())
    place = f"四川省广元市{_COUNTIES[county]}{village}"
    return f"{place}{chance.randint(1, 9)}组{chance.randint(1, 120)}号"


def _with_luhn_digit(body: str) -> str:
    digits = [int(digit) for digit in reversed(body)]
    doubled = [2 * d - 9 if d > 4 else 2 * d for d in digits[::2]]
    return f"{body}{-(sum(doubled) + sum(digits[1::2])) % 10}"
