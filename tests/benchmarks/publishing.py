"""How long a head waits for a school's term to be published: prepared, signed and taken back, again and again."""

import json
import statistics
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

from footbridge.command.person import operation_file
from footbridge.gateway.documents.document import document_id

from . import catalogue
from .database import Built
from .load import AnsweredWrong
from .servers import HOST, Server, session_headers
from .term import PERIOD, SCHOOL, count_published, put_back, set_aside

UNCOUNTED = 2
"""Times at first, in which statements are planned."""
PATIENCE = 30.0


@dataclass
class Waited:
    """For each operation, in milliseconds, how often it was done."""

    by_operation: dict[str, list[float]] = field(default_factory=dict)

    def p50(self, operation: str) -> float:
        return statistics.median(self.by_operation[operation][UNCOUNTED:])


class Head:
    """Sends one request after another through one connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        self._headers = {**session_headers(port, cookie), "Content-Type": "application/json"}
        self.waited = Waited()

    def do(self, operation: str, **variables: Any) -> Mapping[str, Any]:
        """The release as it is told after that; raises AnsweredWrong for anything else."""
        text = operation_file("school", operation).read_text(encoding="utf-8")
        sent = variables | {"idempotencyKey": uuid.uuid4().hex}
        body = json.dumps({"documentId": document_id(text), "variables": sent}).encode()
        begun = time.perf_counter()
        self._connection.request("POST", f"/schools/{SCHOOL.urn}/graphql", body, self._headers)
        content = self._connection.getresponse().read()
        took = time.perf_counter() - begun
        self.waited.by_operation.setdefault(operation, []).append(took * 1000)
        (release,) = (json.loads(content).get("data") or {"": {}}).values()
        if not release or release.get("__typename") != "Release":
            raise AnsweredWrong(content[:600].decode(errors="replace"))
        return dict(release)


def publish(built: Built, server: Server, cookie: str, *, times: int) -> Waited:
    """Raises AnsweredWrong, also where what was signed has not left the school when its answer comes."""
    head = Head(server.port, cookie)
    chosen = [{"measureId": measure.id, "contextNote": None} for measure in catalogue.compared()]
    with built.connect() as connection:
        set_aside(connection)
        for _ in range(UNCOUNTED + times):
            release = head.do("PrepareRelease", period=PERIOD, measures=chosen)
            head.do("SignRelease", releaseId=release["id"], previewHash=release["preview"]["hash"])
            if count_published(connection) != len(chosen):
                raise AnsweredWrong("what was signed has not left the school with the answer")
            head.do("WithdrawRelease", releaseId=release["id"])
        put_back(connection)
    return head.waited
