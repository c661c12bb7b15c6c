"""Whatever a page did not expect is answered in our one format, and logged by an id without anybody's words."""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from footbridge.gateway.faults import refused
from footbridge.gateway.http.answers import Media


class LastResort:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is there to hear it
        except Exception as error:
            response = refused(error, Media.JSON)
            if started:
                raise  # half an answer cannot be taken back; the server closes the connection
            await response(scope, receive, send)
