// An agent's day with VaultPilot, played by the official TypeScript SDK.
//
// Prints one JSON line a step, `{"step", "is_error", "result"}`, where `result` is the structured
// content of the tool result. Ends with 1 and a message on stderr when the server breaks the
// protocol. `../README.md` lists the steps and what the policy must say for them.
// VAULTPILOT_NODE_MODULES names the folder that holds the SDK.

import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { Agent, Broken, connected, field, show } from './agent.mjs';

const NEEDED = [
    'check_policy',
    'create_wallet',
    'get_approval',
    'get_balances',
    'get_budget',
    'get_transaction',
    'request_faucet_funds',
    'simulate_transfer',
    'transfer',
    'wait_for_transaction',
];
const SETTLED = ['confirmed', 'final'];
const OVER = ['denied', 'rejected', 'expired', 'cancelled', 'refused', 'reverted', 'dropped'];

const REQUIRED = ['url', 'key', 'token-address', 'recipient', 'wallet-label', 'approval-file'];
const DEFAULTS = {
    chain: 'eip155:31337',
    protocol: 'auto', // or 2026-07-28, 2025-11-25
    amount: '0.001', // allowed without asking
    'token-amount': '1.5', // allowed without asking
    'approval-amount': '0.03', // in the band where a person is asked
    'over-amount': '0.5', // above the limit of one payment
};

/** @returns {Record<string, string>} */
function options() {
    const names = [...REQUIRED, ...Object.keys(DEFAULTS)];
    const { values } = parseArgs({
        options: Object.fromEntries(
            names.map((name) => [name, { type: /** @type {const} */ ('string') }]),
        ),
    });
    const missing = REQUIRED.filter((name) => values[name] === undefined);
    if (missing.length > 0)
        throw new Error(`missing: ${missing.map((name) => `--${name}`).join(', ')}`);
    return { ...DEFAULTS, ...values };
}

/**
 * @param {Agent} agent
 * @param {Record<string, string>} args
 */
async function play(agent, args) {
    const label = args['wallet-label'];
    const token = args['token-address'];
    const place = { wallet: label, chain: args.chain };
    /** @param {string} amount */
    const payment = (amount, asset = 'native') => ({ ...place, to: args.recipient, asset, amount });
    const named = () => ({ request_id: randomUUID() });

    const wallet = await agent.step('create_wallet', 'create_wallet', {
        label,
        chains: [args.chain],
    });
    const again = await agent.step('create_wallet_again', 'create_wallet', {
        label,
        chains: [args.chain],
    });
    if (field(again, 'address') !== field(wallet, 'address')) {
        throw new Broken(
            `the label's second creation moved it from ${wallet.address} to ${again.address}`,
        );
    }

    const before = held(await agent.step('get_balances_before', 'get_balances', place), 'native');
    await agent.step('request_faucet_funds', 'request_faucet_funds', place);
    await agent.stepUntil(
        'get_balances_after',
        (now) => held(now, 'native') > before,
        'get_balances',
        place,
    );

    await agent.step('get_budget_before', 'get_budget', place);
    await agent.step('simulate_transfer', 'simulate_transfer', payment(args.amount));
    await agent.step('check_policy', 'check_policy', payment(args.amount));

    const first = { ...payment(args.amount), ...named(), memo: 'first payment' };
    const paid = await agent.pay('transfer', first);
    await settle(agent, 'transfer_settled', field(paid, 'transaction_id'));
    const retried = await agent.pay('transfer_retried', first);
    if (field(retried, 'transaction_id') !== paid.transaction_id) {
        throw new Broken(`a retry of ${paid.transaction_id} became ${retried.transaction_id}`);
    }

    // Whoever plays the outside world sends the tokens once it has seen the wallet's address.
    const assets = ['native', token];
    await agent.stepUntil('token_funded', (now) => held(now, token) > 0n, 'get_balances', {
        ...place,
        assets,
    });
    const inToken = await agent.pay('transfer_token', {
        ...payment(args['token-amount'], token),
        ...named(),
    });
    await settle(agent, 'transfer_token_settled', field(inToken, 'transaction_id'));

    const tooMuch = await agent.pay('transfer_over_limit', {
        ...payment(args['over-amount']),
        ...named(),
    });
    if (tooMuch.status !== 'denied' || !field(tooMuch, 'decision').reasons?.length) {
        throw new Broken('the payment above the limit is not a denial with reasons');
    }

    const asked = await agent.pay('transfer_for_approval', {
        ...payment(args['approval-amount']),
        ...named(),
    });
    await approve(agent, asked, args['approval-file']);

    await agent.step('get_budget_after', 'get_budget', place);
}

/**
 * Follows a payment into a block.
 * @param {Agent} agent
 * @param {string} step
 * @param {string} id
 */
async function settle(agent, step, id) {
    await agent.succeed('wait_for_transaction', { id, timeout_s: 10 });
    const there = (/** @type {import('./agent.mjs').Content} */ now) => {
        const state = field(now, 'state');
        if (OVER.includes(state)) {
            throw new Broken(`${step}: the payment ended as ${state}: ${JSON.stringify(now)}`);
        }
        return SETTLED.includes(state);
    };
    await agent.stepUntil(step, there, 'get_transaction', { id });
}

/**
 * Tells the person by the file, waits for the answer, then for the payment's end.
 * @param {Agent} agent
 * @param {import('./agent.mjs').Content} asked
 * @param {string} file
 */
async function approve(agent, asked, file) {
    if (asked.status !== 'pending_approval') {
        throw new Broken(`the payment in the approval band was answered ${asked.status}`);
    }
    const transaction = field(asked, 'transaction_id');
    const approval = field(field(asked, 'approval'), 'id');
    writeFileSync(
        `${file}.part`,
        JSON.stringify({ approval_id: approval, transaction_id: transaction }),
    );
    renameSync(`${file}.part`, file);

    const answered = (/** @type {any} */ now) => field(now, 'state') !== 'waiting';
    const decided = await agent.stepUntil('approval_decided', answered, 'get_approval', {
        id: approval,
    });
    if (decided.state === 'approved') {
        await settle(agent, 'transfer_approved_settled', transaction);
    } else {
        const over = (/** @type {any} */ now) => OVER.includes(field(now, 'state'));
        await agent.stepUntil('transfer_approved_settled', over, 'get_transaction', {
            id: transaction,
        });
    }
}

/**
 * What the wallet holds of an asset, in base units; an asset not listed is none.
 * @param {import('./agent.mjs').Content} content of get_balances
 * @param {string} asset
 */
function held(content, asset) {
    const line = field(content, 'balances').find(
        (/** @type {any} */ it) => field(it, 'asset').toLowerCase() === asset.toLowerCase(),
    );
    return line === undefined ? 0n : BigInt(field(line, 'amount_raw'));
}

/**
 * The error and what lies under it, with the HTTP status where the SDK kept one.
 * @param {any} error
 * @returns {string}
 */
function told(error) {
    if (!(error instanceof Error)) return String(error);
    const status = 'status' in error ? ` (HTTP ${error.status})` : '';
    const cause = error.cause === undefined ? '' : `: ${told(error.cause)}`;
    return `${error.constructor.name}: ${error.message}${status}${cause}`;
}

try {
    const args = options();
    await connected({ url: args.url, key: args.key, protocol: args.protocol }, async (agent) => {
        const tools = await agent.tools();
        show('list_tools', {
            protocol_version: agent.protocolVersion,
            tools: tools.map(({ name, annotations }) => ({
                name,
                annotations: annotations ?? null,
            })),
        });
        const missing = NEEDED.filter((name) => !tools.some((tool) => tool.name === name));
        if (missing.length > 0) throw new Broken(`tools/list lacks ${missing.join(', ')}`);
        await play(agent, args);
    });
} catch (error) {
    console.error(`scenario: ${told(error)}`);
    process.exitCode = 1;
}
