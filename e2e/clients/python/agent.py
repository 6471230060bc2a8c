"""An agent on one connection: calls a tool, prints the step, hands the answer back.

What the protocol and the conventions of the tool results promise is checked here; whether the
numbers are right is the test's business, which reads the printed lines.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import Implementation, Tool

CALL_TIMEOUT_S = 30.0
WAIT_TIMEOUT_S = 60.0
POLL_S = 0.25


class Broken(Exception):
    """The server broke the protocol, or a promise that holds under every policy."""


@dataclass(frozen=True)
class Answer:
    """The structured content of one tool result."""

    content: dict[str, Any]
    is_error: bool

    def __getitem__(self, field: str) -> Any:
        if field not in self.content:
            raise Broken(f"the result has no `{field}`: {self}")
        return self.content[field]

    def __str__(self) -> str:
        return json.dumps(self.content)


class Agent:
    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def protocol_version(self) -> str:
        return self._client.protocol_version

    async def tools(self) -> list[Tool]:
        """Every page of the list."""
        tools: list[Tool] = []
        cursor: str | None = None
        while True:
            page = await self._client.list_tools(cursor=cursor)
            tools += page.tools
            cursor = page.next_cursor
            if cursor is None:
                return tools

    async def ask(self, tool: str, **arguments: Any) -> Answer:
        """Calls a tool without printing it."""
        result = await self._client.call_tool(tool, arguments)
        content = result.structured_content
        if not isinstance(content, dict):
            texts = [getattr(block, "text", block.type) for block in result.content]
            raise Broken(f"{tool} answered without structured content: {texts}")
        if not result.content:
            raise Broken(f"{tool} answered without a text for clients that read only text")
        return Answer(content, bool(result.is_error))

    async def succeed(self, tool: str, **arguments: Any) -> Answer:
        """Calls a tool without printing it; an error result is not accepted."""
        answer = await self.ask(tool, **arguments)
        if answer.is_error:
            raise Broken(f"{tool} failed: {answer}")
        return answer

    async def step(self, name: str, tool: str, **arguments: Any) -> Answer:
        """Calls a tool as a step of the script."""
        answer = await self.succeed(tool, **arguments)
        show(name, answer)
        return answer

    async def pay(self, name: str, **arguments: Any) -> Answer:
        """Asks for a payment; a denial is an answer, and the only kind of error result allowed."""
        answer = await self.ask("transfer", **arguments)
        show(name, answer)
        if answer.is_error != (answer["status"] == "denied"):
            raise Broken(f"{name}: status {answer['status']} came with is_error {answer.is_error}")
        return answer

    async def step_until(
        self, name: str, good: Callable[[Answer], bool], tool: str, **arguments: Any
    ) -> Answer:
        """Repeats a call until its answer is good; prints only the last one."""
        latest = None
        try:
            async with asyncio.timeout(WAIT_TIMEOUT_S):
                while latest is None or not good(latest):
                    if latest is not None:
                        await asyncio.sleep(POLL_S)
                    latest = await self.succeed(tool, **arguments)
        except TimeoutError:
            raise Broken(
                f"{name}: not there after {WAIT_TIMEOUT_S:.0f} s, last: {latest}"
            ) from None
        show(name, latest)
        return latest


def show(step: str, answer: Answer) -> None:
    line = {"step": step, "is_error": answer.is_error, "result": answer.content}
    print(json.dumps(line), flush=True)


async def refused(response: httpx2.Response) -> None:
    """Names the HTTP status that the SDK's own error leaves out."""
    if response.status_code in (401, 403):
        print(f"scenario: HTTP {response.status_code} from {response.url}", file=sys.stderr)


@asynccontextmanager
async def connected(url: str, key: str, protocol: str) -> AsyncIterator[Agent]:
    """Opens the connection with a bearer key, in the asked protocol revision or the best one."""
    headers = {"Authorization": f"Bearer {key}"}
    mode = {"2025-11-25": "legacy"}.get(protocol, protocol)
    hooks = {"response": [refused]}
    async with httpx2.AsyncClient(
        headers=headers, timeout=CALL_TIMEOUT_S, event_hooks=hooks
    ) as http:
        async with Client(
            streamable_http_client(url, http_client=http),
            mode=mode,
            read_timeout_seconds=CALL_TIMEOUT_S,
            client_info=Implementation(name="vaultpilot-e2e-python", version="1.0.0"),
        ) as client:
            if protocol not in ("auto", client.protocol_version):
                raise Broken(f"asked for {protocol}, got {client.protocol_version}")
            yield Agent(client)
