"""The doors to the database by name, for those too who open none."""

from enum import StrEnum


class Role(StrEnum):
    """The login roles of DESIGN's table; the owner cannot log in."""

    SCHOOL = "school"
    RELEASE = "release"
    TRUST = "trust"
    DIRECTORY = "directory"
    WORKER = "worker"
    REGISTER = "register"
    SEALER = "sealer"
    BACKUP = "backup"

    @property
    def login(self) -> str:
        return f"footbridge_{self.value}"
