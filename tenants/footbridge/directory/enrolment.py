"""Gives a trust its directory: the provider, the e-mail domains that lead to it, and what its groups mean."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from footbridge.directory.email_domain import read_domain
from footbridge.directory.lookup import Lookup
from footbridge.directory.provider_connection import is_acceptable_address
from footbridge.directory.records import OPERATOR, GroupPost
from footbridge.directory.repository import DirectoryRepository
from footbridge.runtime.clock import now, today
from footbridge.runtime.database import Database, Role
from footbridge.runtime.errors import FootbridgeError, InvalidInput
from footbridge.tenancy.register import Register


class EmailDomainTaken(FootbridgeError):
    code = "EMAIL_DOMAIN_TAKEN"

    def __init__(self, domain: str) -> None:
        super().__init__(f"E-mail addresses that end in {domain} lead to another trust's directory already.")


@dataclass(frozen=True)
class DirectoryAdded:
    """`changed` is False if everything was there before."""

    issuer_id: UUID
    domains: Sequence[str]
    groups: Sequence[GroupPost]
    changed: bool


async def add_directory(
    database: Database,
    *,
    trust_id: UUID,
    issuer_url: str,
    client_id: str,
    client_secret: str | None = None,
    domains: Sequence[str],
    groups: Sequence[GroupPost],
) -> DirectoryAdded:
    """Safe to run twice. The map of groups becomes the one given; domains are added, none is taken away.

    People hold the posts of a new map from their next sign-in on. Raises EmailDomainTaken, InvalidInput or, for
    an unknown trust, NotFound; then nothing has changed.
    """
    wanted_domains = sorted({read_domain(domain) for domain in domains})
    wanted_groups = tuple(dict.fromkeys(groups))
    _check_issuer(issuer_url, client_id)
    if not wanted_domains:
        raise InvalidInput("A directory needs at least one e-mail domain that leads to it.")
    async with database.transaction(Role.DIRECTORY, trust_id=trust_id) as transaction:
        await _check_groups(Register(transaction), trust_id, wanted_groups)
        directory = DirectoryRepository(transaction, trust_id)
        before = await directory.find_issuer(issuer_url)
        issuer_id = await directory.save_issuer(issuer_url=issuer_url, client_id=client_id, client_secret=client_secret)
        changes = [
            before is None or (before.client_id, before.client_secret) != (client_id, client_secret),
            await _save_groups(directory, issuer_id, wanted_groups),
            *[await _save_domain(Lookup(transaction), domain, trust_id, issuer_id) for domain in wanted_domains],
        ]
        if any(changes):
            await directory.record(OPERATOR, "directory.added", subject_id=issuer_id, groups=len(wanted_groups))
    return DirectoryAdded(issuer_id, wanted_domains, wanted_groups, any(changes))


def _check_issuer(issuer_url: str, client_id: str) -> None:
    odd = not issuer_url.isprintable() or "?" in issuer_url or " " in issuer_url
    if odd or not is_acceptable_address(issuer_url, loopback=True):
        raise InvalidInput("The directory's address has to begin with https:// and to have no space, “?” or “#” in it.")
    if not client_id or not client_id.isprintable():
        raise InvalidInput("The client id is missing: it is what the directory calls this application.")


async def _check_groups(register: Register, trust_id: UUID, groups: Collection[GroupPost]) -> None:
    trust = await register.get_trust(trust_id)
    schools = {school.id for school in await register.list_schools(trust_id, on=today())}
    trust_groups = {group.id for group in await register.list_groups(trust_id)}
    for each in groups:
        if not each.group_name or not each.group_name.isprintable():
            raise InvalidInput("A group of the directory has no name.")
        if each.role.is_of_school != (each.school_id is not None):
            needed = "needs a school" if each.role.is_of_school else "is of the whole trust and has no school"
            raise InvalidInput(f"The group “{each.group_name}”: the post of {each.role.value} {needed}.")
        if each.school_id is not None and each.school_id not in schools:
            raise InvalidInput(f"The group “{each.group_name}” names a school that is not in {trust.name}.")
        if each.trust_group_id is not None and (each.school_id is not None or each.trust_group_id not in trust_groups):
            raise InvalidInput(f"The group “{each.group_name}” names a group of schools that is not in {trust.name}.")


async def _save_groups(directory: DirectoryRepository, issuer_id: UUID, groups: Collection[GroupPost]) -> bool:
    if set(await directory.list_group_posts(issuer_id)) == set(groups):
        return False
    await directory.replace_group_posts(issuer_id, groups, at=now())
    return True


async def _save_domain(lookup: Lookup, domain: str, trust_id: UUID, issuer_id: UUID) -> bool:
    await lookup.hold(domain)
    if await lookup.add_domain(domain, trust_id, issuer_id):
        return True
    taken_by = await lookup.find_issuer_of_domain(domain)
    if taken_by == (trust_id, issuer_id):
        return False
    if taken_by is None or taken_by[0] != trust_id:
        raise EmailDomainTaken(domain)
    await lookup.move_domain(domain, issuer_id)
    return True
