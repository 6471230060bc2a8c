"""A peer of the benchmark: one tool on the official Python SDK, stateless, answers as JSON."""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer

from announced import serve

server = MCPServer("hello", log_level="WARNING")


@server.tool()
async def hello(name: str = "world") -> str:
    """Greets."""
    return f"hello {name}"


if __name__ == "__main__":
    serve(server.streamable_http_app(json_response=True, stateless_http=True))
