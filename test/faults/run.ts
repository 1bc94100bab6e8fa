import { parseArgs } from 'node:util';
import { deleteTemporal } from './delete-temporal';
import { doneButFailed } from './done-but-failed';
import type { FaultResult, FaultTest } from './fault-result';
import { isolation } from './isolation';
import { killApp } from './kill-app';
import { killPostgres, killTemporal } from './kill-engine';
import { movedClock } from './moved-clock';
import { peersDown } from './peers-down';
import { replay } from './replay';
import { storeAfterSign } from './store-after-sign';
import { tamper } from './tamper-files';

const FAULTS: Readonly<Record<string, readonly FaultTest[]>> = {
  'kill-app': [killApp],
  'kill-postgres': [killPostgres],
  'kill-temporal': [killTemporal, deleteTemporal],
  'done-but-failed': [doneButFailed],
  'store-after-sign': [storeAfterSign],
  'peers-down': [peersDown],
  clock: [movedClock],
  tamper: [tamper],
  isolation: [isolation],
  replay: [replay],
};

/** Prints one JSON line for each fault test; exit 0 only when all are met. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, issuances: { type: 'string' } },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(FAULTS, name));
  if (unknown.length > 0) {
    throw new Error(`no fault test ${unknown.join(', ')}; there are ${Object.keys(FAULTS).join(', ')}`);
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const names = positionals.length > 0 ? positionals : Object.keys(FAULTS);
  let isMet = true;
  for (const test of names.flatMap((name) => FAULTS[name] ?? [])) {
    if (interrupt.signal.aborted) break;
    const result = await test({
      quick: values.quick,
      issuances: values.issuances === undefined ? null : Number(values.issuances),
      interrupted: interrupt.signal,
      tell: (line) => process.stderr.write(`${line}\n`),
    }).catch((fault: unknown): FaultResult => failed(test.name, fault));
    console.log(JSON.stringify(result));
    isMet &&= result.met;
  }
  process.exit(isMet && !interrupt.signal.aborted ? 0 : 1);
}

function failed(fault: string, thrown: unknown): FaultResult {
  const sentence = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { fault, invariants: {}, hits: {}, figures: {}, failures: [sentence], met: false };
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exit(1);
});
