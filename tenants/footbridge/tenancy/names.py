"""Names as they sort, and as they are compared."""

import re
import unicodedata


def sort_key(name: str) -> str:
    """Casefolded, without accents, single spaces: what `sort_name` holds, and when two names are the same."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.split())


def slug(name: str) -> str:
    """`x-<slug>`: the local key of a trust whose GIAS UID no file has brought yet."""
    return "x-" + (re.sub(r"[^a-z0-9]+", "-", sort_key(name)).strip("-") or "trust")
