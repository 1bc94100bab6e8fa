import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { deriveDataKeys } from '../adapters/cipher/data-keys';
import { Sm4PersonalDataCipher } from '../adapters/cipher/sm4-personal-data-cipher';
import { openRegister } from '../adapters/postgres/register/register';
import { withClient } from '../main/engines/database-roles';
import { findFreePort } from '../main/engines/free-port';
import { type SupervisedProcess, superviseProcess } from '../main/engines/supervised-process';
import { openSecrets } from '../main/secrets';
import { addCertificate, addWorld, SYSTEM } from '../test/support/register-rows';
import type { BenchDatabase } from './bench-database';
import { startBenchDatabase } from './bench-database';
import type { BenchLine } from './bench-line';
import { median, rateLine } from './bench-line';
import { answersPerSecond } from './http-load';

const CODES = 2_000;
const CONNECTIONS = 32;
const ROUNDS = 5;
const ROUND_MS = 4_000;
const WARM_UP_MS = 3_000;
const POOL_SIZE = 20;
const GOAL = 0.9;
const NO_LIMIT = '999999999';

interface Contestant {
  readonly port: number;
  readonly process: SupervisedProcess;
  readonly rates: number[];
  /** Processor time of the server process for one answer, a figure per round. */
  readonly cpuMs: number[];
}

/** Verifications by code per second through the product's API, against the same Express with one select. */
export async function run(): Promise<readonly BenchLine[]> {
  const database = await startBenchDatabase();
  const entered: Contestant[] = [];
  try {
    const codes = await layCodes(database);
    const ours = await enter('main/api.ts', database);
    entered.push(ours);
    await layAnswers(database, ours.port, codes);
    const reference = await enter('bench/select-api.ts', database);
    entered.push(reference);
    for (const contestant of entered) await measure(contestant, codes, WARM_UP_MS);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const contestant of entered) {
        const { rate, cpuMs } = await measure(contestant, codes, ROUND_MS);
        contestant.rates.push(rate);
        contestant.cpuMs.push(cpuMs);
      }
    }
    return [
      rateLine({
        bench: 'verify-code',
        metric: 'verificationsPerSecond',
        ours: median(ours.rates),
        reference: median(reference.rates),
        goal: GOAL,
        detail: {
          codes: codes.length,
          connections: CONNECTIONS,
          oursServerCpuMs: median(ours.cpuMs).toFixed(3),
          referenceServerCpuMs: median(reference.cpuMs).toFixed(3),
        },
      }),
    ];
  } finally {
    await Promise.all(entered.map((contestant) => contestant.process.stop()));
    await database.stop();
  }
}

const secretsDir = (database: BenchDatabase): string => join(database.folder, 'secrets');

/** Effect: issued certificates lie in the register. Out: their codes, as the QR codes of their files would have them. */
async function layCodes(database: BenchDatabase): Promise<readonly string[]> {
  const secrets = openSecrets(secretsDir(database), true);
  const lookupRing = secrets.keyRing('personal-lookup');
  const cipher = new Sm4PersonalDataCipher(deriveDataKeys(secrets.keyRing('personal-fields'), lookupRing));
  const codes = Array.from({ length: CODES }, () => randomBytes(24).toString('base64url'));
  const register = await openRegister(database.appUrl, { poolMax: 1 });
  try {
    await register.within(SYSTEM, async (transaction) => {
      const world = await addWorld(transaction);
      for (const code of codes) {
        const digest = cipher.lookup('verificationCode', code);
        await addCertificate(transaction, world, undefined, { verification_code_digest: digest });
      }
    });
  } finally {
    await register.destroy();
  }
  await withClient(database.superuserUrl, (client) => client.query('vacuum analyze'));
  return codes;
}

/** Effect: the reference has under each code the very answer that ours gives. */
async function layAnswers(database: BenchDatabase, port: number, codes: readonly string[]): Promise<void> {
  await withClient(database.superuserUrl, async (client) => {
    await client.query('create table bench_answer (code text primary key, answer json not null)');
    await client.query('grant select on bench_answer to ecert_app');
    for (const code of codes) {
      const answered = await fetch(`http://127.0.0.1:${port}${pathOf(code)}`);
      const answer: unknown = await answered.json();
      if (!isValid(answer)) throw new Error(`${answered.status} ${JSON.stringify(answer)}`);
      await client.query('insert into bench_answer values ($1, $2)', [code, JSON.stringify(answer)]);
    }
    await client.query('vacuum analyze bench_answer');
  });
}

function isValid(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'verdict' in answer && answer.verdict === 'valid';
}

async function enter(entry: string, database: BenchDatabase): Promise<Contestant> {
  const port = await findFreePort();
  const process = superviseProcess({
    name: entry.replaceAll('/', '-'),
    command: globalThis.process.execPath,
    args: ['--import', 'tsx', entry],
    cwd: resolve(__dirname, '..'),
    env: {
      ...globalThis.process.env,
      PORT: String(port),
      DATA_DIR: database.folder,
      SECRETS_DIR: secretsDir(database),
      DATABASE_URL: database.appUrl,
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      // Nobody is there: to verify a code the API needs no workflow.
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      LIMIT_VERIFICATIONS_PER_ADDRESS: NO_LIMIT,
      LIMIT_VERIFICATIONS_PER_CODE: NO_LIMIT,
    },
    logFile: join(database.folder, 'logs', `${entry.replaceAll('/', '-')}.log`),
    runFolder: join(database.folder, 'run'),
    isReady: () =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        ({ ok }) => ok,
        () => false,
      ),
    readyTimeoutMs: 120_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
  });
  await process.start();
  return { port, process, rates: [], cpuMs: [] };
}

async function measure(
  { port }: Contestant,
  codes: readonly string[],
  durationMs: number,
): Promise<{ readonly rate: number; readonly cpuMs: number }> {
  let turn = 0;
  const nextPath = (): string => {
    turn += 1;
    return pathOf(codes[turn % codes.length] ?? '');
  };
  const before = await processorSeconds(port);
  const rate = await answersPerSecond({ port, connections: CONNECTIONS, durationMs, nextPath });
  const seconds = (await processorSeconds(port)) - before;
  return { rate, cpuMs: (seconds * 1000) / turn };
}

/** What the server process has used so far, as it tells itself. */
async function processorSeconds(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const told = /^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1];
  if (told === undefined) throw new Error('the server does not tell its processor time');
  return Number(told);
}

const pathOf = (code: string): string => `/api/v1/public/verify/${code}`;
