// Compiles Contracts.sol beside this file into one .hex of creation code each, the same bytes on
// every run. Run from a folder where `npm i solc@0.8.37` was done: `node <path>/build.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const solc = createRequire(join(process.cwd(), 'any.js'))('solc');
const source = readFileSync(join(import.meta.dirname, 'Contracts.sol'), 'utf8');
const output = JSON.parse(solc.compile(JSON.stringify({
    language: 'Solidity',
    sources: { 'Contracts.sol': { content: source } },
    settings: {
        evmVersion: 'cancun',
        optimizer: { enabled: true, runs: 200 },
        metadata: { appendCBOR: false, bytecodeHash: 'none' },
        outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
    },
})));
const problems = (output.errors ?? []).filter((it) => it.severity !== 'info');
if (problems.length > 0) throw new Error(problems.map((it) => it.formattedMessage).join('\n'));
for (const [name, contract] of Object.entries(output.contracts['Contracts.sol'])) {
    writeFileSync(join(import.meta.dirname, `${name}.hex`), `${contract.evm.bytecode.object}\n`);
}
