import { Client } from 'pg';
import type { CheckContext, InvariantReport } from './invariant';
import { checkEventLog } from './invariants/event-log';
import { checkFiles } from './invariants/files';
import { checkFinalStates, type OpenCases, openCases } from './invariants/final-states';
import { checkNumbers } from './invariants/numbers';
import { checkOrder } from './invariants/order';
import { checkOutbox } from './invariants/outbox';
import { checkIntents, checkSealsOnce } from './invariants/seals';

/** What the checker found in one snapshot. */
export interface CheckReport {
  readonly at: string;
  readonly invariants: readonly InvariantReport[];
  readonly openCases: readonly OpenCases[];
  /** The present head of the event log; a later check may be given it as one that must still be there. */
  readonly head: { readonly position: number; readonly head: string };
  readonly violations: number;
}

const CHECKS = [
  checkFinalStates,
  checkNumbers,
  checkSealsOnce,
  checkOrder,
  checkFiles,
  checkIntents,
  checkEventLog,
  checkOutbox,
] as const;

/**
 * In: the auditor's address of the register, and where files and keys are. Out: what is wrong, invariant by invariant
 * (I1 to I8). Guarantee: reads in one snapshot and changes nothing. Throws when the register cannot be read.
 */
export async function checkRegister(
  auditorUrl: string,
  given: Omit<CheckContext, 'register'>,
): Promise<CheckReport> {
  const register = new Client({ connectionString: auditorUrl, application_name: 'ecert-checker' });
  register.on('error', () => undefined);
  await register.connect();
  try {
    await register.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await runChecks({ ...given, register });
  } finally {
    await register.end();
  }
}

/** As {@link checkRegister} over a connection that is open; what it sees is what its transaction sees. */
export async function runChecks(context: CheckContext): Promise<CheckReport> {
  const invariants: InvariantReport[] = [];
  for (const check of CHECKS) invariants.push(await check(context));
  return {
    at: context.at.toISOString(),
    invariants,
    openCases: await openCases(context),
    head: await presentHead(context.register),
    violations: invariants.reduce((sum, { findings }) => sum + findings.length, 0),
  };
}

async function presentHead(register: Client): Promise<CheckReport['head']> {
  const { rows } = await register.query<{ position: string; head: Buffer }>(
    'SELECT position, head FROM event_log_link ORDER BY position DESC LIMIT 1',
  );
  const [last] = rows;
  return last === undefined
    ? { position: 0, head: '' }
    : { position: Number(last.position), head: last.head.toString('hex') };
}
