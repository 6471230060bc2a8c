// A peer of the benchmark: one tool on the official TypeScript SDK, stateless, answers as JSON
// (to a 2025-11-25 request as an event stream: the SDK has no JSON mode there).
// `node ts_hello.mjs --port N`; VAULTPILOT_NODE_MODULES names the folder that holds the SDK.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const require = createRequire(join(resolve(process.env.VAULTPILOT_NODE_MODULES ?? ''), 'any.js'));
const { McpServer, createMcpHandler } = require('@modelcontextprotocol/server');
const {
    localhostHostValidation,
    localhostOriginValidation,
    toNodeHandler,
} = require('@modelcontextprotocol/node');
const { z } = require('zod');

// Built once: a server is made for every request, a schema need not be.
const inputSchema = z.object({ name: z.string().default('world') });
const outputSchema = z.object({ result: z.string() });

function hello() {
    const server = new McpServer({ name: 'hello', version: '1.0.0' });
    server.registerTool(
        'hello',
        { description: 'Greets.', inputSchema, outputSchema },
        async ({ name }) => {
            const result = `hello ${name}`;
            return { content: [{ type: 'text', text: result }], structuredContent: { result } };
        },
    );
    return server;
}

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const port = Number(values.port);
if (!Number.isInteger(port)) {
    console.error('usage: node ts_hello.mjs --port N');
    process.exit(2);
}

const handle = toNodeHandler(createMcpHandler(hello, { responseMode: 'json' }));
const hostIsLocal = localhostHostValidation();
const originIsLocal = localhostOriginValidation();
createServer((request, response) => {
    if (!hostIsLocal(request, response) || !originIsLocal(request, response)) return;
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== '/mcp') {
        response.writeHead(404).end();
        return;
    }
    void handle(request, response);
}).listen(port, '127.0.0.1', () => console.log('ready'));
