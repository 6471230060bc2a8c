"""Serves an ASGI app on loopback, quietly, and says `ready` once connections are taken."""

from __future__ import annotations

import argparse
import asyncio
import socket
from typing import Any

import uvicorn


class Announced(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            print("ready", flush=True)


def serve(app: Any) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    asyncio.run(Announced(config).serve())
