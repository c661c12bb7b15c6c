"""The first page: who one is, in which posts, and where each post's endpoint is."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from footbridge.gateway.pages.me import person_of, shown_posts
from footbridge.gateway.pages.page import page
from footbridge.runtime.database import Database


class HomePages:
    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._origin = origin

    async def home(self, request: Request) -> Response:
        if request.url.netloc != urlsplit(self._origin).netloc:
            return RedirectResponse(f"{self._origin}/", 303)  # cookies and forms belong to one address
        person = await person_of(request, self._database, self._origin)
        if person is None:
            return RedirectResponse("/sign-in", 303)
        return page("home.html", title="Your page", person=person, posts=shown_posts(self._origin, person))
