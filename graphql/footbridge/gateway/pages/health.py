"""Whether the process is alive, and whether it can serve: each asked of what it depends on, now."""

import asyncio

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from footbridge.runtime.database import Database, Role

NEEDED = (Role.SCHOOL, Role.RELEASE, Role.TRUST, Role.DIRECTORY)


class HealthPages:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def alive(self, request: Request) -> Response:
        return JSONResponse({"alive": True}, headers={"Cache-Control": "no-store"})

    async def ready(self, request: Request) -> Response:
        """503 names the doors that do not open; no detail of why leaves the process."""
        opened = await asyncio.gather(*map(self._opens, NEEDED))
        closed = [role.value for role, opens in zip(NEEDED, opened, strict=True) if not opens]
        return JSONResponse(
            {"ready": not closed, "closed": closed}, 503 if closed else 200, headers={"Cache-Control": "no-store"}
        )

    async def _opens(self, role: Role) -> bool:
        try:
            async with self._database.transaction(role, read_only=True) as transaction:
                await transaction.scalar(text("select 1"))
        except Exception:
            return False
        return True
