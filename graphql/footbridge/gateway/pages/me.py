"""`/me`: who asks, in which posts, and where each post's endpoint is, with its rights; one call before any other."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import Response

from footbridge.directory.records import HeldPost, SignedInPerson
from footbridge.directory.sign_in_session import find_signed_in
from footbridge.gateway.faults import refused
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.http.answers import BadRequest, Media, answer
from footbridge.gateway.http.callers import BEARER, Visitor, cookie_name, visitor_of
from footbridge.gateway.http.cross_site import cors_headers, preflight_headers, registered_origin
from footbridge.gateway.http.limits import Buckets, Limits
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.permission import Permission, permissions_of_role
from footbridge.tenancy.register import Register


@dataclass(frozen=True)
class ShownPost:
    """Where one may go in this post, and what one may do there; `group` is of the schools that it is limited to, and
    `acting` the post of this session.
    """

    id: str
    role: str
    where: str
    group: str | None
    endpoint: str
    acting: bool
    rights: list[str]


class MePage:
    def __init__(self, database: Database, origin: str, limits: Limits, buckets: Buckets) -> None:
        self._database = database
        self._origin = origin
        self._limits = limits
        self._buckets = buckets

    async def me(self, request: Request) -> Response:
        page_of = None
        try:
            page_of = await registered_origin(request, self._database, self._origin)
            response = await self._answered(request, page_of)
        except Exception as error:
            response = refused(error, Media.JSON)
        response.headers["Vary"] = "Authorization, Cookie, Origin"
        response.headers.update(cors_headers(page_of) if page_of else {})
        return response

    async def _answered(self, request: Request, page_of: str | None) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=preflight_headers(page_of))
        if "authorization" in request.headers:
            return await self._program(await visitor_of(request, self._database, self._origin))
        person = await person_of(request, self._database, self._origin)
        if person is None:
            raise BadRequest(401, "NOT_SIGNED_IN", "Sign in first.", headers=BEARER)
        self._buckets.take(person.id, self._limits.person)
        posts = [asdict(post) for post in shown_posts(self._origin, person)]
        return answer({"data": {"name": person.name, "email": person.email, "posts": posts}}, media=Media.JSON)

    async def _program(self, visitor: Visitor) -> Response:
        """A token has no posts, but one place, its scopes and the rights that follow from them."""
        caller = visitor.caller
        self._buckets.take(caller.id, self._limits.token)
        async with self._database.transaction(Role.DIRECTORY, read_only=True) as transaction:
            register = Register(transaction)
            trust = await register.get_trust(caller.trust_id)
            school = await register.get_school(caller.school_id) if caller.school_id else None
        place = {
            "where": school.name if school else trust.name,
            "endpoint": _endpoint(self._origin, school.urn if school else None, trust.uid),
            "scopes": sorted(visitor.scopes or ()),
            "rights": _rights(caller.permissions),
        }
        return answer({"data": {"name": caller.name, "token": place}}, media=Media.JSON)


async def person_of(request: Request, database: Database, origin: str) -> SignedInPerson | None:
    token = request.cookies.get(cookie_name(origin))
    return await find_signed_in(database, token) if token else None


def shown_posts(origin: str, person: SignedInPerson) -> list[ShownPost]:
    return [_shown(origin, person, post) for post in person.posts]


def _shown(origin: str, person: SignedInPerson, post: HeldPost) -> ShownPost:
    at = person.person
    return ShownPost(
        id=Prefix.POST.id_of(post.id),
        role=post.role.value,
        where=post.school_name or at.trust_name,
        group=post.trust_group_name,
        endpoint=_endpoint(origin, post.school_urn if post.school_id else None, at.trust_uid),
        acting=post == person.acting_post,
        rights=_rights(permissions_of_role(post.role)),
    )


def _endpoint(origin: str, urn: str | None, uid: str) -> str:
    return f"{origin}/schools/{urn}/graphql" if urn else f"{origin}/trusts/{uid}/graphql"


def _rights(permissions: Iterable[Permission]) -> list[str]:
    return sorted(permission.value for permission in permissions)
