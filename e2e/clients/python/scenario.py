"""An agent's day with VaultPilot, played by the official Python SDK.

Prints one JSON line a step, `{"step", "is_error", "result"}`, where `result` is the structured
content of the tool result. Ends with 1 and a message on stderr when the server breaks the
protocol. `../README.md` lists the steps and what the policy must say for them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

from mcp.types import Tool

from agent import Agent, Answer, Broken, connected, show

NEEDED = (
    "create_wallet",
    "get_balances",
    "request_faucet_funds",
    "get_budget",
    "simulate_transfer",
    "check_policy",
    "transfer",
    "get_transaction",
    "wait_for_transaction",
    "get_approval",
)
SETTLED = ("confirmed", "final")
OVER = ("denied", "rejected", "expired", "cancelled", "refused", "reverted", "dropped")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="the MCP endpoint")
    parser.add_argument("--key", required=True, help="the agent's API key")
    parser.add_argument("--token-address", required=True, help="an ERC-20 on the chain")
    parser.add_argument("--recipient", required=True, help="who is paid")
    parser.add_argument("--wallet-label", required=True)
    parser.add_argument(
        "--approval-file", required=True, type=Path, help="written when a person is asked"
    )
    parser.add_argument("--chain", default="eip155:31337")
    parser.add_argument("--protocol", default="auto", choices=("auto", "2026-07-28", "2025-11-25"))
    parser.add_argument("--amount", default="0.001", help="allowed without asking")
    parser.add_argument("--token-amount", default="1.5", help="allowed without asking")
    parser.add_argument(
        "--approval-amount", default="0.03", help="in the band where a person is asked"
    )
    parser.add_argument("--over-amount", default="0.5", help="above the limit of one payment")
    return parser.parse_args()


async def play(agent: Agent, args: argparse.Namespace) -> None:
    place = {"wallet": args.wallet_label, "chain": args.chain}

    def payment(amount: str, asset: str = "native") -> dict[str, str]:
        return {**place, "to": args.recipient, "asset": asset, "amount": amount}

    create = {"label": args.wallet_label, "chains": [args.chain]}
    wallet = await agent.step("create_wallet", "create_wallet", **create)
    again = await agent.step("create_wallet_again", "create_wallet", **create)
    if again["address"] != wallet["address"]:
        raise Broken(
            f"the label's second creation moved it from {wallet['address']} to {again['address']}"
        )

    before = await agent.step("get_balances_before", "get_balances", **place)
    await agent.step("request_faucet_funds", "request_faucet_funds", **place)
    poor = held(before, "native")
    await agent.step_until(
        "get_balances_after", lambda now: held(now, "native") > poor, "get_balances", **place
    )

    await agent.step("get_budget_before", "get_budget", **place)
    await agent.step("simulate_transfer", "simulate_transfer", **payment(args.amount))
    await agent.step("check_policy", "check_policy", **payment(args.amount))

    request = {**payment(args.amount), "request_id": str(uuid.uuid4()), "memo": "first payment"}
    paid = await agent.pay("transfer", **request)
    await settle(agent, "transfer_settled", paid)
    retried = await agent.pay("transfer_retried", **request)
    if retried["transaction_id"] != paid["transaction_id"]:
        raise Broken(f"a retry of {paid['transaction_id']} became {retried['transaction_id']}")

    # Whoever plays the outside world sends the tokens once it has seen the wallet's address.
    token = args.token_address
    await agent.step_until(
        "token_funded",
        lambda now: held(now, token) > 0,
        "get_balances",
        **place,
        assets=["native", token],
    )
    request = {**payment(args.token_amount, token), "request_id": str(uuid.uuid4())}
    paid = await agent.pay("transfer_token", **request)
    await settle(agent, "transfer_token_settled", paid)

    request = {**payment(args.over_amount), "request_id": str(uuid.uuid4())}
    denied = await agent.pay("transfer_over_limit", **request)
    if denied["status"] != "denied" or not denied["decision"].get("reasons"):
        raise Broken("the payment above the limit is not a denial with reasons")

    request = {**payment(args.approval_amount), "request_id": str(uuid.uuid4())}
    asked = await agent.pay("transfer_for_approval", **request)
    await approve(agent, asked, args.approval_file)

    await agent.step("get_budget_after", "get_budget", **place)


async def settle(agent: Agent, name: str, paid: Answer) -> None:
    """Follows a payment into a block."""

    def there(now: Answer) -> bool:
        if now["state"] in OVER:
            raise Broken(f"{name}: the payment ended as {now['state']}: {now}")
        return now["state"] in SETTLED

    await agent.succeed("wait_for_transaction", id=paid["transaction_id"], timeout_s=10)
    await agent.step_until(name, there, "get_transaction", id=paid["transaction_id"])


async def approve(agent: Agent, asked: Answer, file: Path) -> None:
    """Tells the person by the file, waits for the answer, then for the payment's end."""
    if asked["status"] != "pending_approval":
        raise Broken(f"the payment in the approval band was answered {asked['status']}")
    question = {"approval_id": asked["approval"]["id"], "transaction_id": asked["transaction_id"]}
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_text(json.dumps(question))
    os.replace(unfinished, file)

    decided = await agent.step_until(
        "approval_decided",
        lambda now: now["state"] != "waiting",
        "get_approval",
        id=question["approval_id"],
    )
    if decided["state"] == "approved":
        await settle(agent, "transfer_approved_settled", asked)
    else:
        await agent.step_until(
            "transfer_approved_settled",
            lambda now: now["state"] in OVER,
            "get_transaction",
            id=asked["transaction_id"],
        )


def held(balances: Answer, asset: str) -> int:
    """What the wallet holds of an asset, in base units; an asset not listed is none."""
    for entry in balances["balances"]:
        line = Answer(entry, is_error=False)
        if line["asset"].lower() == asset.lower():
            return int(line["amount_raw"])
    return 0


async def run(args: argparse.Namespace) -> None:
    async with connected(args.url, args.key, args.protocol) as agent:
        tools = await agent.tools()
        described = [{"name": tool.name, "annotations": described_by(tool)} for tool in tools]
        listed = {"protocol_version": agent.protocol_version, "tools": described}
        show("list_tools", Answer(listed, is_error=False))
        missing = sorted(set(NEEDED) - {tool.name for tool in tools})
        if missing:
            raise Broken(f"tools/list lacks {', '.join(missing)}")
        await play(agent, args)


def described_by(tool: Tool) -> dict[str, Any] | None:
    """The annotations the server wrote, none filled in."""
    return tool.annotations and tool.annotations.model_dump(by_alias=True, exclude_unset=True)


def innermost(error: BaseException) -> BaseException:
    """The one error inside the groups that concurrent tasks wrap it in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def main() -> int:
    try:
        asyncio.run(run(arguments()))
    except Exception as error:
        cause = innermost(error)
        print(f"scenario: {type(cause).__name__}: {cause}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
