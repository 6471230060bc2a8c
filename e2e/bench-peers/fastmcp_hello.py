"""A peer of the benchmark: one tool on FastMCP, stateless, answers as JSON."""

from __future__ import annotations

from fastmcp import FastMCP

from announced import serve

server = FastMCP("hello")


@server.tool
async def hello(name: str = "world") -> str:
    """Greets."""
    return f"hello {name}"


if __name__ == "__main__":
    serve(server.http_app(path="/mcp", json_response=True, stateless_http=True))
