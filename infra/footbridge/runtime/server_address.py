"""Where the embedded server listens, in the form its clients take."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

SUPERUSER = "postgres"
PORT = 5432


@dataclass(frozen=True)
class ServerAddress:
    """Where the server listens, a socket in a folder, and its superuser."""

    folder: Path
    password: str = field(repr=False)
    user: str = SUPERUSER
    port: int = PORT

    def url(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """A libpq URL, as psycopg and asyncpg take it; the superuser's unless another role is given."""
        who = quote(self.user if user is None else user, safe="")
        secret = quote(self.password if password is None else password, safe="")
        where = f"{quote(database, safe='')}?host={quote(str(self.folder), safe='')}&port={self.port}"
        return f"postgresql://{who}:{secret}@/{where}"
