"""Canaille's memory backend, with queries that match every filter, as the interface it implements promises.

Canaille 0.3.6 takes what matches *any* filter: a sign-in that somebody left half-way, or two people signing in at
once, would then make the token endpoint look at another person's code. Imported by the directory's process only.
"""

from typing import Any

from canaille.backends.memory.backend import MemoryBackend, listify


class EveryFilterMemoryBackend(MemoryBackend):  # type: ignore[misc]
    __module__ = MemoryBackend.__module__  # canaille looks for its models beside this

    def do_query(self, model: Any, *args: Any, **filters: Any) -> list[Any]:
        found = super().do_query(model, *args, **filters)
        return [instance for instance in found if all(_matches(instance, *each) for each in filters.items())]


def _matches(instance: Any, attribute: str, wanted: Any) -> bool:
    """Several wanted values mean any of them; so do several values of the instance."""
    values = listify(instance._state.get(attribute))
    return any(value in values for value in instance.serialize(listify(wanted)))
