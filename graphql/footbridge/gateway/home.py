"""The first page and `/me`: who one is, in which posts, and where each post's endpoint is."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from footbridge.directory.records import HeldPost, SignedInPerson
from footbridge.directory.sign_in_session import find_signed_in
from footbridge.gateway.answers import BadRequest, answer, refuse
from footbridge.gateway.callers import cookie_name
from footbridge.gateway.pages.page import page
from footbridge.gateway.scalars import Prefix
from footbridge.runtime.database import Database
from footbridge.tenancy.permission import permissions_of_role


@dataclass(frozen=True)
class ShownPost:
    id: str
    role: str
    where: str
    endpoint: str
    acting: bool
    rights: list[str]


class HomePages:
    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._origin = origin

    async def home(self, request: Request) -> Response:
        if request.url.netloc != urlsplit(self._origin).netloc:
            return RedirectResponse(f"{self._origin}/", 303)  # cookies and forms belong to one address
        person = await self._person(request)
        if person is None:
            return RedirectResponse("/sign-in", 303)
        return page("home.html", title="Your page", person=person, posts=_posts(self._origin, person))

    async def me(self, request: Request) -> Response:
        """The same for programs: one call before any other."""
        person = await self._person(request)
        if person is None:
            return refuse(BadRequest(401, "NOT_SIGNED_IN", "Sign in first."))
        posts = [vars(post) for post in _posts(self._origin, person)]
        return answer({"data": {"name": person.name, "email": person.email, "posts": posts}})

    async def _person(self, request: Request) -> SignedInPerson | None:
        token = request.cookies.get(cookie_name(self._origin))
        return await find_signed_in(self._database, token) if token else None


def _posts(origin: str, person: SignedInPerson) -> list[ShownPost]:
    return [_shown(origin, person, post) for post in person.posts]


def _shown(origin: str, person: SignedInPerson, post: HeldPost) -> ShownPost:
    at = person.person
    path = f"/schools/{post.school_urn}/graphql" if post.school_id else f"/trusts/{at.trust_uid}/graphql"
    rights = sorted(permission.value for permission in permissions_of_role(post.role))
    return ShownPost(
        id=Prefix.POST.id_of(post.id),
        role=post.role.value,
        where=post.school_name or at.trust_name,
        endpoint=origin + path,
        acting=post == person.acting_post,
        rights=rights,
    )
