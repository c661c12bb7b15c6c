"""Names as they sort, and as they are compared."""

import re
import unicodedata

from footbridge.runtime.errors import InvalidInput

LONGEST_NAME = 200
LONGEST_SORT_KEY = 1_000  # bytes: an index entry holds 2,700


def sort_key(name: str) -> str:
    """Casefolded, without accents, single spaces: what `sort_name` holds, and when two names are the same."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.split())


def name_of(text: str, what: str) -> str:
    """As a person wrote it, without the space around it; InvalidInput if it is empty or too long to sort by."""
    name = text.strip()
    if not name:
        raise InvalidInput(f"The {what} is empty.")
    if len(name) > LONGEST_NAME or len(sort_key(name).encode()) > LONGEST_SORT_KEY:
        raise InvalidInput(f"The {what} is longer than {LONGEST_NAME} characters: shorten it.")
    return name


def slug(name: str) -> str:
    """`x-<slug>`: the local key of a trust whose GIAS UID no file has brought yet."""
    return "x-" + (re.sub(r"[^a-z0-9]+", "-", sort_key(name)).strip("-") or "trust")
