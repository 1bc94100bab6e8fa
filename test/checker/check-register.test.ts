import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { PostgresEventLogSequencer } from '../../adapters/postgres/evidence/event-log-sequencer';
import { type CheckReport, checkRegister, runChecks } from '../../checker/check-register';
import type { CheckContext } from '../../checker/invariant';
import { readLogKeys, readTrust } from '../../checker/trust-files';
import { eventLogSigner } from '../../main/event-log-signer';
import { keyStoreFolder, trustFolder } from '../../main/foundation';
import { anIssuance } from '../support/builders/issuance-body';
import { CaseDriver, eventually } from '../support/case-driver';
import { type Product, startProduct } from '../support/product';
import { ONE_CASE, OPEN_LIVES, PLANTED } from './planted-violations';

jest.setTimeout(180_000);

let product: Product;
let given: Omit<CheckContext, 'register'>;
let issued: readonly string[];

beforeAll(async () => {
  product = await startProduct();
  const driver = new CaseDriver(product);
  issued = [];
  for (const name of ['道路运输证', '道路运输证', '不动产权证书', '不动产权证书'] as const) {
    const id = await driver.submitWithRecord(anIssuance(name));
    await driver.untilState(id, 'issued');
    issued = [...issued, id];
  }
  await eventually(
    'everything that follows is done',
    () =>
      driver.rows<{ open: number }>(
        `SELECT ((SELECT count(*) FROM outbox WHERE done_at IS NULL)
           + (SELECT count(*) FROM delivery WHERE state <> 'delivered'))::int AS open`,
      ),
    ([row]) => row?.open === 0,
  );
  const { foundation } = product;
  const sequencer = new PostgresEventLogSequencer({ ...foundation, ...eventLogSigner(foundation.sealer) });
  await sequencer.sequence(1_000);
  await sequencer.signHead();
  given = {
    filesFolder: join(foundation.config.dataDir, 'files'),
    ...(await readTrust(trustFolder(foundation.config))),
    logKeys: await readLogKeys([join(keyStoreFolder(foundation.config), 'event-log.test-only-key.json')]),
    at: product.clock.now(),
    drainedAfterMs: 0,
    seenHead: null,
  };
});
afterAll(() => product.stop());

/** Plants something in a transaction that is never committed and checks, as the auditor, what that transaction sees. */
async function checkedWith(
  planted: string,
  override: Partial<Omit<CheckContext, 'register'>> = {},
): Promise<CheckReport> {
  const client = new Client({ connectionString: product.database.superuserUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    // Evidence is append-only by trigger; whoever forges it would not be stopped by one either.
    await client.query(`SET LOCAL session_replication_role = 'replica'`);
    await client.query(planted);
    await client.query('SET LOCAL ROLE ecert_auditor');
    return await runChecks({ ...given, ...override, register: client });
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}

function foundBy(report: CheckReport): readonly string[] {
  return report.invariants.filter(({ findings }) => findings.length > 0).map(({ invariant }) => invariant);
}

function findingsIn(report: CheckReport, invariant: string): string {
  const found = report.invariants.find((one) => one.invariant === invariant)?.findings ?? [];
  return found.map(({ id, what }) => `${id}: ${what}`).join('\n');
}

describe('the independent checker', () => {
  it('finds nothing in a register that the product wrote, and has looked at everything', async () => {
    const report = await checkRegister(product.database.auditorUrl, given);
    expect(report.invariants.map(({ invariant, findings }) => [invariant, findings])).toEqual(
      ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8'].map((name) => [name, []]),
    );
    expect(report.invariants.filter(({ checked }) => checked === 0)).toEqual([]);
    expect(report.openCases).toEqual([]);
    expect(report.head.position).toBeGreaterThan(4 * issued.length);
  });

  it.each(PLANTED)('%s: finds %s', async (invariant, _, planted, words) => {
    const report = await checkedWith(planted);
    expect(foundBy(report)).toContain(invariant);
    expect(findingsIn(report, invariant)).toMatch(words);
  });

  it('finds a stored file of which one bit was turned', async () => {
    const [file] = await new CaseDriver(product).rows<{ digest: string }>(
      `SELECT digest FROM certificate_file WHERE file_kind = 'pdf' LIMIT 1`,
    );
    const digest = file?.digest ?? '';
    const path = join(given.filesFolder, digest.slice(0, 2), digest.slice(2, 4), digest);
    const bytes = readFileSync(path);
    const turned = Buffer.from(bytes);
    turned.writeUInt8(turned.readUInt8(1_000) ^ 1, 1_000);
    writeFileSync(path, turned);
    const report = await checkedWith('SELECT 1');
    writeFileSync(path, bytes);
    expect(foundBy(report)).toEqual(['I5']);
    expect(findingsIn(report, 'I5')).toContain(`${digest}: its bytes have another digest`);
    expect(findingsIn(report, 'I5')).toContain('pdf: verification says invalid');
  });

  it('holds a log against a head that was seen before', async () => {
    const { head } = await checkedWith('SELECT 1');
    expect(foundBy(await checkedWith('SELECT 1', { seenHead: head }))).toEqual([]);
    const other = { position: head.position - 1, head: head.head };
    expect(findingsIn(await checkedWith('SELECT 1', { seenHead: other }), 'I7')).toMatch(
      /no longer has the head/,
    );
    const lost = { position: head.position + 1, head: head.head };
    expect(findingsIn(await checkedWith('SELECT 1', { seenHead: lost }), 'I7')).toMatch(
      /no longer has the head/,
    );
  });

  it('cannot be told that a head is right by whoever withholds the key', async () => {
    const report = await checkedWith('SELECT 1', { logKeys: new Map() });
    expect(findingsIn(report, 'I7')).toMatch(/the key event-log, whose certificate is not known/);
  });

  it('takes an open case for no fault unless it is told that all should be over', async () => {
    const planted = `UPDATE issuance SET state = 'underReview', closed_at = NULL WHERE id = ${ONE_CASE};
      UPDATE certificate_version v SET state = 'awaitingSeal', issued_at = NULL FROM issuance i
        WHERE i.id = v.issuance_id AND i.state = 'underReview'`;
    const report = await checkedWith(planted, { drainedAfterMs: null });
    expect(report.openCases).toEqual([
      { kind: 'issuance', state: 'underReview', cases: 1, oldestAt: expect.any(String) },
    ]);
    expect(findingsIn(report, 'I1')).not.toContain('still underReview');
    expect(findingsIn(await checkedWith(planted), 'I1')).toContain('still underReview');
  });

  it.each(OPEN_LIVES)('tells an open %s (%s) apart in the same way', async (kind, state, planted) => {
    const report = await checkedWith(planted, { drainedAfterMs: null });
    expect(report.openCases).toEqual([{ kind, state, cases: 1, oldestAt: expect.any(String) }]);
    expect(foundBy(report)).toEqual([]);
    expect(findingsIn(await checkedWith(planted), 'I1')).toContain(`still ${state}`);
  });

  it('runs as a command: lines of JSON and exit 0, exit 1 with findings, exit 2 when it cannot check', async () => {
    const environment = {
      ...process.env,
      DATA_DIR: product.foundation.config.dataDir,
      SECRETS_DIR: product.foundation.config.secretsDir,
      DATABASE_AUDITOR_URL: product.database.auditorUrl,
    };
    const right = await command(['--json', '--at', given.at.toISOString()], environment);
    expect(right.stderr).toBe('');
    expect(right.code).toBe(0);
    const lines = right.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toHaveLength(9);
    const late = await command(['--extends', `999999:${'0'.repeat(64)}`], environment);
    expect(late.code).toBe(1);
    expect(late.stdout).toContain('✘ I7');
    const blind = await command([], { ...environment, DATABASE_AUDITOR_URL: 'postgres://127.0.0.1:1/none' });
    expect(blind.code).toBe(2);
  });
});

function command(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'checker/run.ts', ...args],
      { cwd: resolve(__dirname, '..', '..'), env: environment },
      (fault, stdout, stderr) => done({ code: fault === null ? 0 : Number(fault.code), stdout, stderr }),
    );
  });
}
