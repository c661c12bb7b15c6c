"""How long, how large and how often: what one caller may ask of the gateway."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from footbridge.gateway.http.answers import BadRequest

MOST_KEYS = 20_000


@dataclass(frozen=True)
class Rate:
    """`burst` at once, and `per_second` ever after."""

    per_second: float
    burst: float

    def times(self, factor: float) -> "Rate":
        return Rate(self.per_second * factor, self.burst * factor)


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes, and requests a second; `points` are those that documents cost.

    Of one tenant `at_once` requests are worked on, and further ones wait `wait_seconds` for their turn: of ten
    connections some are left for the others. `sign_in` is of an address. A school or an office sends from one
    address, so that one's rate is wide. `proxies` stand before the gateway and each adds to X-Forwarded-For; with none
    of them that header is anybody's word and not heard. `slow_seconds` stop nothing: what takes longer is logged.
    """

    body_seconds: float = 10.0
    request_seconds: float = 20.0
    largest_answer: int = 4 * 1024 * 1024
    address: Rate = Rate(200, 2000)
    person: Rate = Rate(50, 500)
    token: Rate = Rate(50, 500)
    tenant: Rate = Rate(200, 2000)
    points: Rate = Rate(20_000, 1_000_000)
    sign_in: Rate = Rate(1, 60)
    at_once: int = 5
    wait_seconds: float = 1.0
    proxies: int = 0
    slow_seconds: float = 1.0

    def widened(self, factor: float) -> "Limits":
        """Every rate times `factor`, which is more than 0."""
        return replace(
            self,
            address=self.address.times(factor),
            person=self.person.times(factor),
            token=self.token.times(factor),
            tenant=self.tenant.times(factor),
            points=self.points.times(factor),
            sign_in=self.sign_in.times(factor),
        )


class TooOften(BadRequest):
    def __init__(self, seconds: float) -> None:
        wait = {"Retry-After": str(max(1, math.ceil(seconds)))}
        super().__init__(429, "TOO_OFTEN", "Too many requests. Try again in a moment.", headers=wait)


class BudgetSpent(BadRequest):
    def __init__(self, seconds: float) -> None:
        wait = {"Retry-After": str(max(1, math.ceil(seconds)))}
        message = "You have asked for much in a short time. Wait a little, or ask for less."
        super().__init__(429, "BUDGET_SPENT", message, headers=wait)


class Buckets:
    """A bucket a key, which fills as time goes by (token bucket); the key longest not seen goes when there are many.

    In this process only: each of several has its own.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most: int = MOST_KEYS) -> None:
        self._clock = clock
        self._most = most
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, rate: Rate) -> None:
        """Raises TooOften if there is nothing left."""
        missing = self._missing(key, rate, 1)
        if missing:
            raise TooOften(missing)

    def spend(self, key: Hashable, rate: Rate, points: float) -> None:
        """Raises BudgetSpent, and takes nothing, if the bucket does not hold that many."""
        missing = self._missing(key, rate, points)
        if missing:
            raise BudgetSpent(missing)

    def _missing(self, key: Hashable, rate: Rate, amount: float) -> float:
        """Seconds until it would hold that much; 0 if it does, and then it is taken."""
        now = self._clock()
        level, at = self._levels.get(key, (rate.burst, now))
        level = min(rate.burst, level + (now - at) * rate.per_second)
        if level < amount:
            return (amount - level) / rate.per_second
        self._levels[key] = (level - amount, now)
        self._levels.move_to_end(key)
        while len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return 0
