import { withClient } from '../../main/engines/database-roles';
import { AgencyClient, issuanceBody } from './agency-client';
import { type FaultRun, type FaultTest, faultResult } from './fault-result';
import { type FaultStack, startFaultStack } from './fault-stack';
import { mustCome, RegisterProbe } from './register-probe';
import { runChecker } from './run-checker';

const WAIT_MS = 120_000;
/** So often must the step have been tried in vain before it is looked at. */
const FAILURES_SEEN = 2;

/** What the register refuses when the signature of a key is to be written down. */
const REFUSE_SIGNATURES = `
CREATE SEQUENCE fault_refused_signatures;
GRANT USAGE, SELECT ON SEQUENCE fault_refused_signatures TO ecert_app, ecert_auditor;
CREATE FUNCTION fault_refuse_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nextval('fault_refused_signatures');
  RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER fault_refuse_signature BEFORE INSERT ON seal_signature FOR EACH ROW EXECUTE FUNCTION fault_refuse_signature()`;
const ACCEPT_SIGNATURES = 'DROP TRIGGER fault_refuse_signature ON seal_signature';

/**
 * The key has signed and what it signed cannot be kept: first because the register does not take the row, then because
 * the disk does not take the file. The intent must stay, nothing may leave the house, and the retry gives one seal.
 */
export const storeAfterSign: FaultTest = async (run) => {
  const stack = await startFaultStack({ interrupted: run.interrupted });
  const probe = new RegisterProbe(stack);
  try {
    const { databaseMigratorUrl: migrator } = stack.connections;
    if (migrator === undefined) throw new Error('this stack has no migrator');
    const refused = async (): Promise<number> =>
      probe.number(
        'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS count FROM fault_refused_signatures',
      );
    const register = await oneFault(run, stack, probe, 1, {
      begin: () => execute(migrator, REFUSE_SIGNATURES),
      end: () => execute(migrator, ACCEPT_SIGNATURES),
      failures: refused,
    });
    const disk = await oneFault(run, stack, probe, 4, {
      begin: async () => stack.plan.misbehave('diskFull', true),
      end: async () => stack.plan.misbehave('diskFull', false),
      failures: async () => stack.plan.noted('diskFull'),
    });
    const verdict = await runChecker(stack, { drained: true });
    return faultResult({
      fault: 'store-after-sign',
      invariants: verdict.invariants,
      hits: { registerRefused: register.hits, diskFull: disk.hits },
      figures: { issuances: register.issuances + disk.issuances },
      failures: [...register.failures, ...disk.failures, ...verdict.findings],
    });
  } finally {
    await probe.close();
    await stack.stop();
  }
};

interface Breakage {
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
  readonly failures: () => Promise<number>;
}

/** Three cases meet the fault, are looked at while they do, and must come to their end when it is over. */
async function oneFault(
  { interrupted }: FaultRun,
  stack: FaultStack,
  probe: RegisterProbe,
  firstSerial: number,
  { begin, end, failures }: Breakage,
): Promise<{ readonly hits: number; readonly issuances: number; readonly failures: readonly string[] }> {
  const client = new AgencyClient(stack);
  await begin();
  const serials = [firstSerial, firstSerial + 1, firstSerial + 2];
  const ids = await Promise.all(serials.map((serial) => client.issue(issuanceBody(serial))));
  await mustCome(
    'the fault',
    async () => (await failures()) >= FAILURES_SEEN * ids.length,
    WAIT_MS,
    interrupted,
  );
  const during = await problemsWhileBroken(probe, ids);
  await end();
  await mustCome(
    'the end of the cases',
    async () => (await probe.unfinished(ids)) === 0,
    WAIT_MS,
    interrupted,
  );
  return {
    hits: await failures(),
    issuances: ids.length,
    failures: [...during, ...(await problemsAfterwards(probe, ids))],
  };
}

async function problemsWhileBroken(probe: RegisterProbe, ids: readonly string[]): Promise<readonly string[]> {
  const [found] = await probe.rows<Record<string, string>>(
    `SELECT (SELECT count(*) FROM sealing_intent WHERE issuance_id = ANY ($1::uuid[]) AND state = 'open') AS intents,
       (SELECT count(*) FROM seal_signature g JOIN sealing_intent i ON i.id = g.sealing_intent_id WHERE i.issuance_id = ANY ($1::uuid[])) AS signatures,
       (SELECT count(*) FROM delivery d JOIN certificate_version v ON v.id = d.certificate_version_id WHERE v.issuance_id = ANY ($1::uuid[])) AS deliveries,
       (SELECT count(*) FROM certificate_version WHERE issuance_id = ANY ($1::uuid[]) AND issued_at IS NOT NULL) AS issued`,
    [ids],
  );
  return [
    ...(Number(found?.['intents']) === 2 * ids.length
      ? []
      : [`${found?.['intents']} intents stayed, not ${2 * ids.length}`]),
    ...(Number(found?.['signatures']) > 0 ? ['a signature was recorded all the same'] : []),
    ...(Number(found?.['deliveries']) > 0 ? ['something was delivered'] : []),
    ...(Number(found?.['issued']) > 0 ? ['something was issued'] : []),
  ];
}

async function problemsAfterwards(probe: RegisterProbe, ids: readonly string[]): Promise<readonly string[]> {
  const seals = await probe.number(
    `SELECT count(*) FROM seal_signature g JOIN sealing_intent i ON i.id = g.sealing_intent_id WHERE i.issuance_id = ANY ($1::uuid[])`,
    [ids],
  );
  return seals === 2 * ids.length
    ? []
    : [`after the retries there are ${seals} signatures, not ${2 * ids.length}`];
}

function execute(url: string, statement: string): Promise<void> {
  return withClient(url, async (client) => {
    await client.query(statement);
  });
}
