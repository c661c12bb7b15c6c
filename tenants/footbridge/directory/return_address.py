"""Where a person goes after signing in: a place on this site, or one that a registered client has named."""

from footbridge.runtime.database import Database
from footbridge.tenancy.client import may_return_to

HOME = "/"
LONGEST = 2000


async def return_address(database: Database, wanted: str | None) -> str:
    """A path of this site, or the very address that a client has registered, as long as it is; else home."""
    if wanted and not wanted.startswith("/") and await may_return_to(database, wanted):
        return wanted
    return local_path(wanted)


def local_path(wanted: str | None) -> str:
    """The path as given if a browser stays on this site with it, else home.

    Browsers drop tabs and line ends and read a backslash as a slash, so none of these may stand in it.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or not all("!" <= character <= "~" for character in wanted):
        return HOME
    return wanted
