// An agent on one connection: calls a tool, prints the step, hands the answer back.
//
// What the protocol and the conventions of the tool results promise is checked here; whether the
// numbers are right is the test's business, which reads the printed lines.

import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const require = createRequire(join(resolve(process.env.VAULTPILOT_NODE_MODULES ?? ''), 'any.js'));
const { Client, StreamableHTTPClientTransport } = require('@modelcontextprotocol/client');

const CALL_TIMEOUT_MS = 30_000;
const WAIT_TIMEOUT_MS = 60_000;
const POLL_MS = 250;

/** The server broke the protocol, or a promise that holds under every policy. */
export class Broken extends Error {}

/** @typedef {Record<string, any>} Content the structured content of a tool result */
/** @typedef {{ content: Content, isError: boolean }} Answer */

/**
 * A field that must be there.
 * @param {Content} content
 * @param {string} name
 */
export function field(content, name) {
    if (content[name] === undefined || content[name] === null) {
        throw new Broken(`the result has no \`${name}\`: ${JSON.stringify(content)}`);
    }
    return content[name];
}

/**
 * @param {string} step
 * @param {Content} result
 */
export function show(step, result, isError = false) {
    console.log(JSON.stringify({ step, is_error: isError, result }));
}

export class Agent {
    #client;

    /** @param {any} client a connected client */
    constructor(client) {
        this.#client = client;
    }

    get protocolVersion() {
        return this.#client.getNegotiatedProtocolVersion();
    }

    /** @returns {Promise<any[]>} every page of the list */
    async tools() {
        return (await this.#client.listTools()).tools;
    }

    /**
     * Calls a tool without printing it.
     * @param {string} tool
     * @param {Content} input
     * @returns {Promise<Answer>}
     */
    async ask(tool, input) {
        const result = await this.#client.callTool(
            { name: tool, arguments: input },
            { timeout: CALL_TIMEOUT_MS },
        );
        const content = result.structuredContent;
        if (typeof content !== 'object' || content === null || Array.isArray(content)) {
            const texts = JSON.stringify(result.content);
            throw new Broken(`${tool} answered without structured content: ${texts}`);
        }
        if (!result.content?.length) {
            throw new Broken(`${tool} answered without a text for clients that read only text`);
        }
        return { content, isError: result.isError === true };
    }

    /**
     * Calls a tool without printing it; an error result is not accepted.
     * @param {string} tool
     * @param {Content} input
     * @returns {Promise<Content>}
     */
    async succeed(tool, input) {
        const { content, isError } = await this.ask(tool, input);
        if (isError) throw new Broken(`${tool} failed: ${JSON.stringify(content)}`);
        return content;
    }

    /**
     * Calls a tool as a step of the script.
     * @param {string} step
     * @param {string} tool
     * @param {Content} input
     * @returns {Promise<Content>}
     */
    async step(step, tool, input) {
        const content = await this.succeed(tool, input);
        show(step, content);
        return content;
    }

    /**
     * Asks for a payment; a denial is an answer, and the only kind of error result allowed.
     * @param {string} step
     * @param {Content} input
     * @returns {Promise<Content>}
     */
    async pay(step, input) {
        const { content, isError } = await this.ask('transfer', input);
        show(step, content, isError);
        if (isError !== (field(content, 'status') === 'denied')) {
            throw new Broken(`${step}: status ${content.status} came with isError ${isError}`);
        }
        return content;
    }

    /**
     * Repeats a call until its answer is good; prints only the last one.
     * @param {string} step
     * @param {(now: Content) => boolean} good
     * @param {string} tool
     * @param {Content} input
     * @returns {Promise<Content>}
     */
    async stepUntil(step, good, tool, input) {
        const end = performance.now() + WAIT_TIMEOUT_MS;
        for (;;) {
            const content = await this.succeed(tool, input);
            if (good(content)) {
                show(step, content);
                return content;
            }
            if (performance.now() >= end) {
                const seconds = WAIT_TIMEOUT_MS / 1000;
                throw new Broken(
                    `${step}: not there after ${seconds} s, last: ${JSON.stringify(content)}`,
                );
            }
            await pause(POLL_MS);
        }
    }
}

/**
 * Opens a connection with a bearer key, in the asked protocol revision or the best one, for as
 * long as `use` runs.
 * @param {{ url: string, key: string, protocol: string }} where
 * @param {(agent: Agent) => Promise<void>} use
 */
export async function connected({ url, key, protocol }, use) {
    const mode = { auto: 'auto', '2025-11-25': 'legacy' }[protocol] ?? { pin: protocol };
    const client = new Client(
        { name: 'vaultpilot-e2e-typescript', version: '1.0.0' },
        { versionNegotiation: { mode } },
    );
    const headers = { Authorization: `Bearer ${key}` };
    await client.connect(
        new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
    );
    try {
        const agent = new Agent(client);
        if (protocol !== 'auto' && agent.protocolVersion !== protocol) {
            throw new Broken(`asked for ${protocol}, got ${agent.protocolVersion}`);
        }
        await use(agent);
    } finally {
        await client.close();
    }
}
