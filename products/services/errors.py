"""Why a step on a product or its version is refused. Plain data: the edges put it into words."""

from collections.abc import Sequence
from dataclasses import dataclass

from products.domain.law import Breach


class SamePerson(ValueError):
    """Who drafts a version does not publish it."""


class IllegalStep(ValueError):
    """The version's state (``state``) does not allow this step."""

    def __init__(self, state: str, problem: str = "") -> None:
        super().__init__(problem or f"the version is {state}")
        self.state = state


class WrongDay(ValueError):
    """The first or last day lies in the past, or does not fit the versions around it.

    ``code``: past | order | taken | gap | end, or day where none of these fits.
    """

    def __init__(self, problem: str, *, code: str = "day") -> None:
        super().__init__(problem)
        self.code = code


class Unlawful(ValueError):
    """The terms say what the law forbids: ``breaches`` names every field, value and bound."""

    def __init__(self, found: Sequence[Breach]) -> None:
        super().__init__("; ".join(f"{one.field}: {one.value} against {one.bound}" for one in found))
        self.breaches = tuple(found)


class BadProduct(ValueError):
    """A product that cannot be made; ``field`` is to blame. ``code``: shape | taken | kind."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


@dataclass(frozen=True)
class Broken:
    """A product that cannot stand on the new version, and why: the guard's own error."""

    product_code: str
    reason: Exception

    @property
    def problem(self) -> str:
        return str(self.reason)


class ChildrenBreak(ValueError):
    """Children of the product would be looser than its new version: ``broken`` names them."""

    def __init__(self, broken: tuple[Broken, ...]) -> None:
        super().__init__("; ".join(f"{one.product_code}: {one.problem}" for one in broken))
        self.broken = broken
