"""Which kind of thing an ID names, told from the name of its argument or input leaf."""

from tests.isolation.gateway.contract import Side, possible_types, schema_of

KEY = "idempotencyKey"
OTHER_NAMES = {"group": "TrustGroup"}


class NoKind(AssertionError):
    """A new ID whose kind nobody can tell."""

    def __init__(self, coordinate: str) -> None:
        super().__init__(f"{coordinate}: name it `<type>Id`, or say in identity.OTHER_NAMES which type it names")


def kinds_of(side: Side, coordinate: str, name: str, returned: str) -> tuple[str, ...]:
    """`id` is of what the field answers, of every type that it may answer; `partnershipId` of a Partnership."""
    types = schema_of(side).type_map
    if name == "id":
        return tuple(kind.name for kind in possible_types(side, types[returned]))  # type: ignore[arg-type]
    said = name.removesuffix("s").removesuffix("Id")
    kind = OTHER_NAMES.get(said, said[:1].upper() + said[1:])
    if kind == name or kind not in types:
        raise NoKind(coordinate)
    return (kind,)
