import type { Bench, BenchLine } from './bench-line';

/** Each bench is loaded only when it runs: some need engines, some only bytes. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly run: Bench }>>> = {
  face: () => import('./face'),
  issuance: () => import('./issuance'),
  'sign-rsa': () => import('./sign-rsa'),
  'sign-sm2': () => import('./sign-sm2'),
  tasks: () => import('./tasks'),
  'verify-code': () => import('./verify-code'),
  'verify-file': () => import('./verify-file'),
};
/** Measured together with another one, in the same rounds. */
const MEASURED_WITH: Readonly<Record<string, string>> = { 'issuance-latency': 'issuance' };

async function main(): Promise<void> {
  const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const asJson = process.argv.includes('--json');
  const names = asked.length === 0 ? Object.keys(BENCHES) : asked.map((name) => MEASURED_WITH[name] ?? name);
  const unknown = names.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) {
    throw new Error(`没有这项测量：${unknown.join('、')}。可选：${Object.keys(BENCHES).join('、')}`);
  }
  for (const name of new Set(names)) {
    const bench = BENCHES[name];
    if (bench === undefined) continue;
    for (const line of await (await bench()).run()) print(line, asJson);
  }
}

function print(line: BenchLine, asJson: boolean): void {
  if (asJson) {
    console.log(JSON.stringify(line));
    return;
  }
  const verdict = line.met ? '达到' : '未达到';
  console.log(
    `${line.bench} ${line.metric}：${line.ours} / 参照 ${line.reference} = ${line.ratio}，目标 ${line.goal}，${verdict}`,
  );
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
});
