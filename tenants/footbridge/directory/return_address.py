"""Where a person goes after signing in: a place on this site and nowhere else."""

HOME = "/"
LONGEST = 2000


def local_path(wanted: str | None) -> str:
    """The path as given if a browser stays on this site with it, else home.

    Browsers drop tabs and line ends and read a backslash as a slash, so none of these may stand in it.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or not all("!" <= character <= "~" for character in wanted):
        return HOME
    return wanted
