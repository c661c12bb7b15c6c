"""Signing in with the database: directories by domain, callbacks that work once, people kept apart, sessions."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from asyncpg import PostgresError
from joserfc import jws
from sqlalchemy import select, text

from footbridge.command.browser import Credentials, SignInBrowser, read_forms
from footbridge.directory import tables
from footbridge.directory.enrolment import EmailDomainTaken
from footbridge.directory.lookup import open_lookup
from footbridge.directory.one_time_secret import hash_of
from footbridge.directory.openid import RelyingParty
from footbridge.directory.records import GroupPost, PersonAtTrust, SignedInPerson
from footbridge.directory.return_address import local_path
from footbridge.directory.sign_in import LOGIN_LIFETIME, SESSION_LIFETIME, SignedIn, UnknownEmailDomain, begin_sign_in
from footbridge.directory.sign_in_errors import (
    DirectoryUnavailable,
    IdTokenRefused,
    SignInDeclined,
    SignInNotStartedHere,
)
from footbridge.directory.sign_in_session import SignInNeeded, act_in, find_signed_in
from footbridge.directory.sign_out import sign_out
from footbridge.directory.signed_in_cache import LIFETIME, SignedInCache
from footbridge.gateway.app import make_app
from footbridge.runtime.clock import now
from footbridge.runtime.database import Database, Role
from footbridge.runtime.errors import InvalidInput, NotFound
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import CallerKind
from footbridge.tenancy.client_registration import revoke_client
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.session import open_register
from tests.directory.arrivals import (
    CALLBACK,
    HEADS,
    arrive,
    asked,
    begin,
    come_back,
    complete,
    enrol,
    head_of,
    look,
    register_trusts,
)
from tests.foundation.connections import all_ended, heard
from tests.foundation.people import WorldTrust
from tests.foundation.server import Copy
from tests.foundation.world_register import add_client

AMAL = Credentials("amal", "correct horse")
OURS = "http://127.0.0.1"
SIGNED_OUT = "http://127.0.0.1:9/signed-out"
SECRET = "the-secret_of.the-application~"


@pytest.fixture
async def us() -> AsyncIterator[RelyingParty]:
    async with RelyingParty() as party:
        yield party


@pytest.fixture
async def trusts(fresh_database: Database) -> tuple[WorldTrust, WorldTrust]:
    return await register_trusts(fresh_database)


@pytest.fixture(scope="module")
async def shared_trusts(shared_database: Database) -> tuple[WorldTrust, WorldTrust]:
    """Without a directory, for the tests in which none is added."""
    return await register_trusts(shared_database)


@pytest.fixture
async def trust(fresh_database: Database, trusts: tuple[WorldTrust, WorldTrust], hostile: Any) -> WorldTrust:
    """With the scripted provider as its directory; its heads are heads of the first school."""
    await enrol(fresh_database, trusts[0], hostile.issuer, [head_of(trusts[0].schools[0])])
    return trusts[0]


def rows(copy: Copy, query: str, *values: object) -> list[tuple[Any, ...]]:
    """As the superuser, who sees everything."""
    with copy.connect() as connection:
        return connection.execute(query, values).fetchall()


def change(copy: Copy, statement: str, *values: object) -> int:
    with copy.connect() as connection:
        return connection.execute(statement, values).rowcount


def actions(copy: Copy) -> list[str]:
    return [action for (action,) in rows(copy, "select action from audit.event order by occurred_at")]


async def test_head_signs_in_through_a_real_directory_and_out_again(
    fresh_database: Database, us: RelyingParty, trusts: tuple[WorldTrust, WorldTrust], demo_directory: Any
) -> None:
    trust, school = trusts[0], trusts[0].schools[0]
    access = {"client_id": "confidential", "client_secret": SECRET}
    await enrol(fresh_database, trust, demo_directory.issuer, [head_of(school)], **access)
    begun = await begin(fresh_database, us, trust, return_to="/schools/900001")
    async with SignInBrowser() as browser:
        callback = await browser.authorize(begun.authorization_url, AMAL, redirect_uri=CALLBACK)
    signed_in = await complete(fresh_database, us, callback, begun.browser_token)
    assert signed_in.return_to == "/schools/900001"
    amal = await look(fresh_database, signed_in.session_token)
    caller = amal.caller()
    assert (amal.name, amal.email, amal.trust_id) == ("Amal Okafor", "amal@larch.example", trust.id)
    assert amal.person.trust_uid == trust.uid
    assert [(post.role, post.school_urn) for post in amal.posts] == [(PostRole.HEAD, school.urn)]
    assert caller is not None
    assert (caller.kind, caller.id, caller.role) == (CallerKind.PERSON, amal.id, "head")
    assert (caller.trust_id, caller.school_id) == (trust.id, school.id)
    assert caller.permissions == permissions_of_role(PostRole.HEAD)
    leave = await sign_out(fresh_database, us, signed_in.session_token, return_to=SIGNED_OUT)
    assert leave is not None
    assert leave.startswith(demo_directory.issuer)
    assert await find_signed_in(fresh_database, signed_in.session_token) is None


async def test_address_with_capitals_and_spaces_finds_the_directory(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    email = f"  Amal@{trust.word.upper()}.Example "
    begun = await begin_sign_in(fresh_database, us, email=email, return_to=None, redirect_uri=CALLBACK)
    assert begun.authorization_url.startswith(hostile.issuer + "/authorize?")
    assert asked(begun, "login_hint") == email.strip()


async def test_unknown_domain_is_refused_in_words_for_a_person(shared_database: Database, us: RelyingParty) -> None:
    with pytest.raises(UnknownEmailDomain, match=r"end in elsewhere\.example"):
        await begin_sign_in(shared_database, us, email="a@elsewhere.example", return_to=None, redirect_uri=CALLBACK)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "amal",
        "@larch.example",
        "amal@",
        "amal@larch",
        "a@b'; drop--.example",
        "\ud800@larch.example",
        "a\x00@larch.example",
        "a" * 300 + "@larch.example",
    ],
)
async def test_what_is_no_address_is_refused(shared_database: Database, us: RelyingParty, email: str) -> None:
    with pytest.raises(InvalidInput):
        await begin_sign_in(shared_database, us, email=email, return_to=None, redirect_uri=CALLBACK)


@pytest.mark.parametrize("wanted", ["/", "/schools/900001", "/trusts/x-y?tab=posts&a=%2F%2Fb", "/.//x", "/#top"])
def test_return_path_on_this_site_is_kept(wanted: str) -> None:
    assert local_path(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        *(None, "", "home", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example"),
        *("javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/a b", " /a", "/é", "/" + "a" * 2000),
    ],
)
def test_return_path_that_may_leave_this_site_becomes_home(wanted: str | None) -> None:
    assert local_path(wanted) == "/"


async def test_return_path_of_another_site_is_not_kept_on_the_way(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    begun = await begin(fresh_database, us, trust, return_to="//evil.example")
    assert (await come_back(fresh_database, us, hostile, begun)).return_to == "/"


@pytest.fixture
async def dashboard(fresh_database: Database, trust: WorldTrust) -> str:
    """Where a registered client of somebody else's wants its people back."""
    await add_client(fresh_database, trust)
    return f"https://dashboard.{trust.word}.example/signed-in"


async def test_sign_in_returns_to_the_address_of_a_registered_client(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any, dashboard: str
) -> None:
    begun = await begin(fresh_database, us, trust, return_to=dashboard)
    assert rows(fresh_copy, "select return_to from directory.login_transaction") == [(dashboard,)]
    assert (await come_back(fresh_database, us, hostile, begun)).return_to == dashboard


@pytest.mark.parametrize(
    "more", ["/", "?next=https://evil.example", "#token", "/../x", ".evil.example", "\x00", "\ud800"]
)
async def test_sign_in_returns_to_no_address_beside_the_registered_one(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any, dashboard: str, more: str
) -> None:
    begun = await begin(fresh_database, us, trust, return_to=dashboard + more)
    assert (await come_back(fresh_database, us, hostile, begun)).return_to == "/"


async def test_sign_in_does_not_return_to_a_client_that_was_revoked_before(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any, dashboard: str
) -> None:
    await revoke(fresh_database, trust)
    begun = await begin(fresh_database, us, trust, return_to=dashboard)
    assert (await come_back(fresh_database, us, hostile, begun)).return_to == "/"


async def test_sign_in_does_not_return_to_a_client_that_was_revoked_on_the_way(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any, dashboard: str
) -> None:
    begun = await begin(fresh_database, us, trust, return_to=dashboard)
    await revoke(fresh_database, trust)
    signed_in = await come_back(fresh_database, us, hostile, begun)
    assert signed_in.return_to == "/"
    assert await find_signed_in(fresh_database, signed_in.session_token), "the person is signed in all the same"


async def revoke(database: Database, trust: WorldTrust) -> None:
    async with open_register(database) as register:
        await revoke_client(register, name=f"Dashboard {trust.word}")


@pytest.fixture
async def person_at_the_page(fresh_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """One browser at our own sign-in page."""
    app = make_app(fresh_database, OURS)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OURS, headers={"Origin": OURS}) as browser,
    ):
        yield browser


async def test_the_page_carries_the_address_through_the_directory_and_back(
    trust: WorldTrust, hostile: Any, dashboard: str, person_at_the_page: httpx.AsyncClient
) -> None:
    assert await walk(person_at_the_page, hostile, trust, dashboard) == dashboard
    assert (await person_at_the_page.get("/me")).status_code == 200


@pytest.mark.parametrize("wanted", ["https://evil.example/", '"><script>alert(1)</script>', "//evil.example"])
async def test_the_page_carries_no_other_address(
    trust: WorldTrust, hostile: Any, person_at_the_page: httpx.AsyncClient, wanted: str
) -> None:
    assert await walk(person_at_the_page, hostile, trust, wanted) == "/"


async def test_the_page_remembers_the_address_when_the_e_mail_address_was_wrong(
    trust: WorldTrust, hostile: Any, dashboard: str, person_at_the_page: httpx.AsyncClient
) -> None:
    wrong = await person_at_the_page.post("/sign-in", data={"email": "amal", "return_to": dashboard})
    assert wrong.status_code == 400
    assert await fill_in(person_at_the_page, hostile, trust, wrong) == dashboard


async def test_another_name_of_ours_leads_to_our_own_page_with_the_address(
    dashboard: str, person_at_the_page: httpx.AsyncClient
) -> None:
    sent_on = await person_at_the_page.get("http://localhost/sign-in", params={"return_to": dashboard})
    page = await person_at_the_page.get(sent_on.headers["location"])
    assert page.url.host == "127.0.0.1"
    assert read_forms(page.text)[0].fields["return_to"] == dashboard


async def walk(browser: httpx.AsyncClient, hostile: Any, trust: WorldTrust, wanted: str) -> str:
    """From the link that a frontend shows to where the sign-in ends."""
    page = await browser.get("/sign-in", params={"return_to": wanted})
    assert "<script" not in page.text
    return await fill_in(browser, hostile, trust, page)


async def fill_in(browser: httpx.AsyncClient, hostile: Any, trust: WorldTrust, page: httpx.Response) -> str:
    [form] = read_forms(page.text)
    sent = await browser.post(form.action, data=form.fields | {"email": f"amal@{trust.word}.example"})
    asked_for = parse_qs(urlsplit(sent.headers["location"]).query)
    hostile.nonce = asked_for["nonce"][0]
    back = await browser.get("/sign-in/callback", params={"code": "c", "state": asked_for["state"][0]})
    assert back.status_code == 303
    return str(back.headers["location"])


async def test_replayed_callback_is_refused_and_asks_the_directory_nothing(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    begun = await begin(fresh_database, us, trust)
    await come_back(fresh_database, us, hostile, begun)
    with pytest.raises(SignInNotStartedHere):
        await come_back(fresh_database, us, hostile, begun)
    assert hostile.requests_to("/token") == 1


async def test_one_of_two_equal_callbacks_at_once_signs_in(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    begun = await begin(fresh_database, us, trust)
    both = [come_back(fresh_database, us, hostile, begun) for _ in range(2)]
    came = await asyncio.gather(*both, return_exceptions=True)
    assert {type(each) for each in came} == {SignedIn, SignInNotStartedHere}


@pytest.mark.parametrize("browser_token", [None, "", "another browser's"])
async def test_other_browser_is_refused_and_spends_the_callback(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any, browser_token: str | None
) -> None:
    begun = await begin(fresh_database, us, trust)
    hostile.nonce = asked(begun, "nonce")
    callback = {"code": "c", "state": asked(begun, "state")}
    for browser in (browser_token, begun.browser_token):
        with pytest.raises(SignInNotStartedHere):
            await complete(fresh_database, us, callback, browser)
    assert hostile.requests_to("/token") == 0


async def test_callback_after_ten_minutes_is_refused(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    begun = await begin(fresh_database, us, trust)
    [(lifetime,)] = rows(fresh_copy, "select expires_at - created_at from directory.login_transaction")
    assert abs(lifetime - LOGIN_LIFETIME) < timedelta(minutes=1)
    change(fresh_copy, "update directory.login_transaction set expires_at = now()")
    with pytest.raises(SignInNotStartedHere):
        await come_back(fresh_database, us, hostile, begun)
    assert rows(fresh_copy, "select 1 from directory.login_transaction") == []


@pytest.mark.parametrize("callback", [{}, {"state": ""}, {"state": "\x00"}, {"state": "\ud800", "code": "c"}])
async def test_callback_without_a_state_of_ours_is_refused(
    shared_database: Database, us: RelyingParty, callback: dict[str, str]
) -> None:
    with pytest.raises(SignInNotStartedHere):
        await complete(shared_database, us, callback, "t")


async def test_refusal_of_the_directory_spends_the_callback_and_is_recorded(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    begun = await begin(fresh_database, us, trust)
    declined = {"error": "access_denied", "state": asked(begun, "state")}
    with pytest.raises(SignInDeclined):
        await complete(fresh_database, us, declined, begun.browser_token)
    with pytest.raises(SignInNotStartedHere):
        await come_back(fresh_database, us, hostile, begun)
    details = rows(fresh_copy, "select details from audit.event where action = 'directory.refused'")
    assert details == [({"code": "SIGN_IN_DECLINED", "fault": None},)]


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"nonce": "n"}, "NONCE"),
        ({"aud": "other"}, "AUDIENCE"),
        ({"sub": "a\x00b"}, "SUBJECT"),
        ({"exp": 1}, "EXPIRED"),
    ],
)
async def test_forged_answer_makes_no_person_and_no_session(
    fresh_database: Database,
    fresh_copy: Copy,
    us: RelyingParty,
    trust: WorldTrust,
    hostile: Any,
    claims: dict[str, Any],
    fault: str,
) -> None:
    begun = await begin(fresh_database, us, trust)
    with pytest.raises(IdTokenRefused) as refused:
        await come_back(fresh_database, us, hostile, begun, **claims)
    assert refused.value.fault.name == fault
    assert rows(fresh_copy, "select 1 from directory.person") == []
    assert rows(fresh_copy, "select 1 from directory.sign_in_session") == []


async def test_hostile_name_is_shown_without_control_characters_and_cut(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    key = hostile.keys[0]
    hostile.sign = lambda claims: jws.serialize_compact({"alg": "RS256", "kid": key.kid}, json.dumps(claims), key)
    token = await arrive(fresh_database, us, hostile, trust, name="A\x00mal\n" + "x" * 5000, email="a\ud800@b")
    amal = await look(fresh_database, token)
    assert amal.name == "Amal" + "x" * 196
    assert amal.email == "a@b"


async def test_person_is_known_again_by_subject_and_renamed(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    first = await arrive(fresh_database, us, hostile, trust, name="Amal Okafor", email="amal@b.example")
    second = await arrive(fresh_database, us, hostile, trust, name="Amal Ojo", email="ojo@b.example")
    before, after = await look(fresh_database, first), await look(fresh_database, second)
    assert before.id == after.id
    assert (after.name, after.email) == ("Amal Ojo", "ojo@b.example")
    assert first != second


async def test_same_subject_and_email_in_two_directories_are_two_people(
    fresh_database: Database,
    us: RelyingParty,
    trust: WorldTrust,
    trusts: tuple[WorldTrust, WorldTrust],
    hostile: Any,
    demo_directory: Any,
) -> None:
    other = trusts[1]
    await enrol(fresh_database, other, demo_directory.issuer, [head_of(other.schools[1])], client_id="public")
    begun = await begin(fresh_database, us, other)
    async with SignInBrowser() as browser:
        callback = await browser.authorize(begun.authorization_url, AMAL, redirect_uri=CALLBACK)
    there = await complete(fresh_database, us, callback, begun.browser_token)
    here = await arrive(fresh_database, us, hostile, trust, sub="amal", email="amal@larch.example")
    one, two = await look(fresh_database, here), await look(fresh_database, there.session_token)
    assert one.email == two.email == "amal@larch.example"
    assert one.id != two.id
    assert (one.trust_id, two.trust_id) == (trust.id, other.id)
    assert [post.school_id for post in one.posts] == [trust.schools[0].id]
    assert [post.school_id for post in two.posts] == [other.schools[1].id]


async def test_one_directory_that_serves_two_trusts_keeps_their_people_apart(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, trusts: tuple[WorldTrust, WorldTrust], hostile: Any
) -> None:
    await enrol(fresh_database, trusts[1], hostile.issuer, [])
    one = await look(fresh_database, await arrive(fresh_database, us, hostile, trust))
    two = await look(fresh_database, await arrive(fresh_database, us, hostile, trusts[1]))
    assert (one.trust_id, two.trust_id) == (trusts[0].id, trusts[1].id)
    assert one.id != two.id
    assert two.posts == []


async def test_same_email_under_another_subject_is_another_person(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    token = await arrive(fresh_database, us, hostile, trust, sub="one", email="office@b.example")
    other = await arrive(fresh_database, us, hostile, trust, sub="two", email="office@b.example", groups=[])
    assert (await look(fresh_database, token)).id != (await look(fresh_database, other)).id


async def test_session_holds_twelve_hours_and_is_kept_hashed(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    token = await arrive(fresh_database, us, hostile, trust)
    [(kept, lifetime)] = rows(fresh_copy, "select session_hash, expires_at - created_at from directory.sign_in_session")
    assert kept == hash_of(token)
    assert abs(lifetime - SESSION_LIFETIME) < timedelta(minutes=1)


async def test_expired_ended_and_missing_sessions_answer_alike(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    expired, ended = [await arrive(fresh_database, us, hostile, trust, sub=name) for name in ("one", "two")]
    change(
        fresh_copy, "update directory.sign_in_session set expires_at = now() where session_hash = %s", hash_of(expired)
    )
    await sign_out(fresh_database, us, ended, return_to=SIGNED_OUT)
    for token in (expired, ended, "never was", "", "\ud800"):
        assert await find_signed_in(fresh_database, token) is None
        with pytest.raises(SignInNeeded):
            await act_in(fresh_database, token, new_id())
        assert await sign_out(fresh_database, us, token, return_to=SIGNED_OUT) is None


async def test_sign_out_is_seen_at_once_and_leaves_the_other_browser_signed_in(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    here, there = [await arrive(fresh_database, us, hostile, trust) for _ in range(2)]
    await look(fresh_database, here)
    assert await sign_out(fresh_database, us, here, return_to=SIGNED_OUT) is None  # it offers no place for that
    assert await find_signed_in(fresh_database, here) is None
    assert (await look(fresh_database, there)).caller() is not None


async def test_sign_out_ends_the_session_though_the_directory_is_silent(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    token = await arrive(fresh_database, us, hostile, trust)
    hostile.answers["/.well-known/openid-configuration"] = lambda handler: handler.send_error(503)
    async with RelyingParty() as just_started:
        with pytest.raises(DirectoryUnavailable):
            await just_started.discover(hostile.issuer)
        assert await sign_out(fresh_database, just_started, token, return_to=SIGNED_OUT) is None
    assert await find_signed_in(fresh_database, token) is None


async def test_person_without_a_post_is_signed_in_but_acts_for_nobody(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    amal = await look(fresh_database, await arrive(fresh_database, us, hostile, trust, groups=["caretakers"]))
    assert (amal.posts, amal.acting_post, amal.caller()) == ([], None, None)


async def test_audit_tells_what_happened_and_no_particulars(
    fresh_database: Database,
    fresh_copy: Copy,
    us: RelyingParty,
    trust: WorldTrust,
    hostile: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    token = await arrive(fresh_database, us, hostile, trust, email="amal@b.example")
    amal = await look(fresh_database, token)
    await act_in(fresh_database, token, amal.posts[0].id)
    await sign_out(fresh_database, us, token, return_to=SIGNED_OUT)
    expected = ["directory.added", "directory.signed_in", "directory.acted_in", "directory.signed_out"]
    assert actions(fresh_copy) == expected
    told = str(rows(fresh_copy, "select * from audit.event")) + "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("footbridge")
    )
    for personal in ("Amal", "Okafor", "amal@", "person-1", token, hash_of(token)):
        assert personal not in told
    [(kind, actor)] = rows(
        fresh_copy, "select actor_kind, actor_id from audit.event where action = 'directory.signed_in'"
    )
    assert (kind, actor) == ("person", amal.id)


async def test_directory_role_sees_a_session_only_with_its_key(
    fresh_database: Database, addresses: Any, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    tokens = [await arrive(fresh_database, us, hostile, trust, sub=name) for name in ("one", "two")]
    everything = select(tables.sign_in_session.c.session_hash)
    for token in tokens:
        async with fresh_database.transaction(Role.DIRECTORY, lookup_key=hash_of(token)) as transaction:
            assert [row.session_hash for row in await transaction.all(everything)] == [hash_of(token)]
    async with fresh_database.transaction(Role.DIRECTORY, lookup_key="0" * 64, trust_id=trust.id) as transaction:
        assert await transaction.all(everything) == []
    untouched = Database(addresses, pool_size=1)
    with pytest.raises(PostgresError, match=r"footbridge\.lookup_key"):
        async with untouched.transaction(Role.DIRECTORY, trust_id=trust.id) as transaction:
            await transaction.all(everything)
    await untouched.close()


@pytest.mark.parametrize("table", ["person", "post", "issuer", "group_post"])
async def test_directory_role_sees_no_people_of_another_trust(
    fresh_database: Database,
    us: RelyingParty,
    trust: WorldTrust,
    trusts: tuple[WorldTrust, WorldTrust],
    hostile: Any,
    table: str,
) -> None:
    await arrive(fresh_database, us, hostile, trust)
    count = text(f"select count(*) from directory.{table}")
    async with fresh_database.transaction(Role.DIRECTORY, trust_id=trust.id) as transaction:
        assert await transaction.scalar(count) == 1
    async with fresh_database.transaction(Role.DIRECTORY, trust_id=trusts[1].id) as transaction:
        assert await transaction.scalar(count) == 0


async def test_adding_a_directory_twice_changes_nothing(
    fresh_database: Database, fresh_copy: Copy, trusts: tuple[WorldTrust, WorldTrust], hostile: Any
) -> None:
    groups = [head_of(trusts[0].schools[0]), GroupPost("executives", PostRole.TRUST_EXECUTIVE)]
    first = await enrol(fresh_database, trusts[0], hostile.issuer, groups)
    before = rows(fresh_copy, "select xmin, ctid, * from directory.group_post order by id")
    second = await enrol(fresh_database, trusts[0], hostile.issuer, [*reversed(groups), groups[0]])
    assert (first.changed, second.changed) == (True, False)
    assert first.issuer_id == second.issuer_id
    assert rows(fresh_copy, "select xmin, ctid, * from directory.group_post order by id") == before
    assert actions(fresh_copy) == ["directory.added"]


async def test_adding_a_directory_with_other_groups_replaces_the_map(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    added = await enrol(fresh_database, trust, hostile.issuer, [head_of(trust.schools[1], "others")])
    assert added.changed
    amal = await look(fresh_database, await arrive(fresh_database, us, hostile, trust, groups=[HEADS, "others"]))
    assert [post.school_id for post in amal.posts] == [trust.schools[1].id]


async def test_domain_of_another_trust_is_refused_without_naming_it(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, trusts: tuple[WorldTrust, WorldTrust], hostile: Any
) -> None:
    domains = ["new.example", f"{trust.word.upper()}.example"]
    with pytest.raises(EmailDomainTaken) as refused:
        await enrol(fresh_database, trusts[1], "https://other.example", [], domains=domains)
    assert f"Trust {trust.word}" not in refused.value.message
    assert hostile.issuer not in refused.value.message
    begun = await begin(fresh_database, us, trust)
    assert begun.authorization_url.startswith(hostile.issuer)
    async with open_lookup(fresh_database, "new.example") as lookup:
        assert await lookup.find_issuer_of_domain("new.example") is None


async def test_domain_moves_to_another_directory_of_the_same_trust(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, demo_directory: Any
) -> None:
    assert (await enrol(fresh_database, trust, demo_directory.issuer, [], client_id="public")).changed
    begun = await begin(fresh_database, us, trust)
    assert begun.authorization_url.startswith(demo_directory.issuer)


async def test_group_of_another_trusts_school_is_refused(
    shared_database: Database, shared_copy: Copy, shared_trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    with pytest.raises(InvalidInput, match="is not in"):
        await enrol(shared_database, shared_trusts[0], "https://larch.example", [head_of(shared_trusts[1].schools[0])])
    assert rows(shared_copy, "select 1 from directory.issuer") == []


async def test_trust_group_of_another_trust_is_refused(
    shared_database: Database, shared_copy: Copy, shared_trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    [(hub,)] = rows(shared_copy, "select id from register.trust_group where trust_id = %s", shared_trusts[1].id)
    groups = [GroupPost("executives", PostRole.TRUST_EXECUTIVE, None, hub)]
    with pytest.raises(InvalidInput, match="group of schools"):
        await enrol(shared_database, shared_trusts[0], "https://larch.example", groups)


@pytest.mark.parametrize("role", [PostRole.HEAD, PostRole.GOVERNOR])
async def test_post_of_a_school_needs_a_school(
    shared_database: Database, shared_trusts: tuple[WorldTrust, WorldTrust], role: PostRole
) -> None:
    with pytest.raises(InvalidInput, match="needs a school"):
        await enrol(shared_database, shared_trusts[0], "https://larch.example", [GroupPost("g", role)])


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer_url": "http://larch.example"},
        {"issuer_url": "https://larch.example/?a=b"},
        {"issuer_url": " https://larch.example"},
        {"client_id": ""},
        {"domains": []},
        {"domains": ["larch"]},
    ],
)
async def test_directory_that_cannot_work_is_refused(
    shared_database: Database, shared_trusts: tuple[WorldTrust, WorldTrust], changes: dict[str, Any]
) -> None:
    options = {"issuer_url": "https://larch.example", **changes}
    with pytest.raises(InvalidInput):
        await enrol(shared_database, shared_trusts[0], groups=[], **options)


async def test_directory_of_an_unknown_trust_is_refused(
    shared_database: Database, shared_trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    nobody = WorldTrust(new_id(), "x", "x", shared_trusts[0].executive, shared_trusts[0].schools)
    with pytest.raises(NotFound):
        await enrol(shared_database, nobody, "https://larch.example", [])


async def test_one_statement_each_for_the_session_and_for_its_person(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    token = await arrive(fresh_database, us, hostile, trust)
    with heard(fresh_database, Role.DIRECTORY) as statements:
        await look(fresh_database, token)
        await all_ended(fresh_database)
        assert len(statements) == 2
        await look(fresh_database, token)
        await all_ended(fresh_database)
        assert len(statements) == 2, "the second time it is remembered"


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def person(expires_at: datetime | None = None) -> SignedInPerson:
    known = PersonAtTrust(new_id(), "Amal", None, new_id(), "x", "Trust")
    return SignedInPerson(known, [], None, expires_at or datetime(2999, 1, 1, tzinfo=UTC))


def test_cache_forgets_after_two_seconds() -> None:
    clock = Clock()
    cache, amal = SignedInCache(clock=clock), person()
    begun = cache.begin_lookup()
    clock.seconds = 1.5
    cache.remember("a", amal, begun)
    assert cache.find("a") is amal
    clock.seconds = LIFETIME
    assert cache.find("a") is None


def test_cache_does_not_outlive_the_session() -> None:
    cache = SignedInCache()
    cache.remember("a", person(now()), cache.begin_lookup())
    assert cache.find("a") is None


def test_cache_keeps_so_many_and_no_more() -> None:
    cache = SignedInCache(most=2)
    for name in ("a", "b", "c"):
        cache.remember(name, person(), cache.begin_lookup())
    assert [name for name in ("a", "b", "c") if cache.find(name)] == ["b", "c"]


def test_cache_refuses_an_answer_from_before_a_change() -> None:
    cache = SignedInCache()
    begun = cache.begin_lookup()
    cache.forget("a")
    cache.remember("a", person(), begun)
    assert cache.find("a") is None
