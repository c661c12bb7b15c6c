"""Every group of the matrix, by name. The last one says other tenants' words on purpose, and so comes last."""

from collections.abc import Mapping

from tests.isolation.gateway.cursor_cells import cursors
from tests.isolation.gateway.endpoint_cells import endpoints
from tests.isolation.gateway.get_cells import gets
from tests.isolation.gateway.identity_cells import ids_of_mutations, ids_of_queries
from tests.isolation.gateway.matrix import Group
from tests.isolation.gateway.mutation_cells import changes
from tests.isolation.gateway.ordinary_cells import ordinary_path
from tests.isolation.gateway.path_cells import paths
from tests.isolation.gateway.published_cells import published
from tests.isolation.gateway.replay_cells import replays
from tests.isolation.gateway.scope_cells import scopes
from tests.isolation.gateway.text_cells import texts

GROUPS: Mapping[str, Group] = {
    "paths": paths,
    "ordinary path": ordinary_path,
    "published": published,
    "ids of queries": ids_of_queries,
    "ids of mutations": ids_of_mutations,
    "cursors": cursors,
    "changes": changes,
    "replays": replays,
    "scopes": scopes,
    "endpoints": endpoints,
    "gets": gets,
    "texts": texts,
}
