"""Academic years as files write them, and the day on which a year's census was taken."""

import re
from datetime import date, timedelta

from footbridge.runtime.errors import InvalidInput

_SHAPE = re.compile(r"((?:19|20)[0-9]{2})[/-]?((?:19|20)?[0-9]{2})")
_THURSDAY = 3


def academic_year(text: str) -> str:
    """ "2018/19", also for "2018-19", "201819" and "2018/2019". Raises InvalidInput."""
    match = _SHAPE.fullmatch(text.strip())
    if match and int(match[2]) % 100 == (int(match[1]) + 1) % 100 and _follows(match[1], match[2]):
        return f"{match[1]}/{match[2][-2:]}"
    raise InvalidInput(f"“{text[:20]}” is no academic year; one such as 2018/19 was expected.")


def _follows(first: str, second: str) -> bool:
    return len(second) == 2 or int(second) == int(first) + 1


def census_date(year: str) -> date:
    """The school census of the spring term: the third Thursday of January (DfE, school census guides)."""
    new_year = date(int(academic_year(year)[:4]) + 1, 1, 1)
    first_thursday = new_year + timedelta(days=(_THURSDAY - new_year.weekday()) % 7)
    return first_thursday + timedelta(weeks=2)
