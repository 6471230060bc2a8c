// Compiles the contracts beside this file: `node build.mjs <folder>` writes one
// `<folder>/<Name>.json` of `{abi, bytecode}` for each, the same bytes on every run.
//
// VAULTPILOT_NODE_MODULES names the node_modules folder that holds solc. A warning of the
// compiler is an error here.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

const SOURCES = import.meta.dirname;

/** @returns {{ compile(input: string): string }} */
function compiler() {
    const modules = process.env.VAULTPILOT_NODE_MODULES;
    if (!modules) throw new Error('VAULTPILOT_NODE_MODULES is not set');
    return createRequire(join(resolve(modules), 'any.js'))('solc');
}

/**
 * @param {string[]} files names of source files, sorted
 * @returns {Record<string, { abi: unknown[], bytecode: string }>} by contract name
 */
function compile(files) {
    const output = JSON.parse(
        compiler().compile(
            JSON.stringify({
                language: 'Solidity',
                sources: Object.fromEntries(
                    files.map((file) => [
                        file,
                        { content: readFileSync(join(SOURCES, file), 'utf8') },
                    ]),
                ),
                settings: {
                    evmVersion: 'cancun',
                    optimizer: { enabled: true, runs: 200 },
                    metadata: { appendCBOR: false, bytecodeHash: 'none' },
                    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
                },
            }),
        ),
    );
    const problems = (output.errors ?? []).filter(
        (/** @type {any} */ it) => it.severity !== 'info',
    );
    if (problems.length > 0) {
        throw new Error(problems.map((/** @type {any} */ it) => it.formattedMessage).join('\n'));
    }
    return Object.fromEntries(
        files.map((file) => {
            const name = basename(file, '.sol');
            const contract = output.contracts[file][name];
            return [name, { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }];
        }),
    );
}

const folder = process.argv[2];
if (!folder) {
    console.error('usage: node build.mjs <folder>');
    process.exit(2);
}
try {
    const files = readdirSync(SOURCES)
        .filter((file) => file.endsWith('.sol'))
        .sort();
    mkdirSync(folder, { recursive: true });
    for (const [name, contract] of Object.entries(compile(files))) {
        writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(contract)}\n`);
    }
} catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
}
