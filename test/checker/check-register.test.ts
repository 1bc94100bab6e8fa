import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { PostgresEventLogSequencer } from '../../adapters/postgres/event-log-sequencer';
import { type CheckReport, checkRegister, runChecks } from '../../checker/check-register';
import type { CheckContext } from '../../checker/invariant';
import { readLogKeys, readTrust } from '../../checker/trust-files';
import { eventLogSigner } from '../../main/event-log-signer';
import { keyStoreFolder, trustFolder } from '../../main/foundation';
import { anIssuance } from '../support/builders/issuance-body';
import { CaseDriver, eventually } from '../support/case-driver';
import { type Product, startProduct } from '../support/product';

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
  const sequencer = new PostgresEventLogSequencer({ ...foundation, ...eventLogSigner(foundation.keyStore) });
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

const ONE_CASE = `(SELECT id FROM issuance WHERE state = 'issued' ORDER BY id LIMIT 1)`;
const ONE_VERSION = `(SELECT id FROM certificate_version ORDER BY id LIMIT 1)`;
const HOUR = `interval '1 hour'`;

/** Invariant, what was planted, and words of what must be found. */
const PLANTED: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'I1',
    'a case whose row says otherwise than its events',
    `UPDATE issuance SET state = 'refused', state_reason = '{"code":"x","detail":"y"}' WHERE id = ${ONE_CASE}`,
    /state refused.*but the events end it 1 times \(issued\)/,
  ],
  [
    'I1',
    'a case that never ended',
    `UPDATE issuance SET state = 'sealed', closed_at = NULL WHERE id = ${ONE_CASE}`,
    /still sealed/,
  ],
  [
    'I1',
    'an acknowledged request that is gone',
    `INSERT INTO idempotency_key VALUES ('agency:x', 'POST', '/api/v1/issuances', 'k', '\\x00', 'issuance', gen_random_uuid(), now())`,
    /acknowledged to agency:x but not in the register/,
  ],
  ['I1', 'a holder without a delivery', 'DELETE FROM delivery', /holder 1 has 0 deliveries/],
  [
    'I1',
    'a second delivery to one holder',
    `ALTER TABLE delivery DROP CONSTRAINT delivery_one_per_holder;
     INSERT INTO delivery (certificate_version_id, holder_ordinal, authority_id, trade, channel, state, created_at, updated_at)
     SELECT certificate_version_id, holder_ordinal, authority_id, trade, channel, 'pending', created_at, updated_at FROM delivery LIMIT 1`,
    /has 2 deliveries/,
  ],
  ['I1', 'a certificate that was never reported', 'DELETE FROM up_report', /0 up-reports/],
  [
    'I2',
    'one number on two certificates',
    `UPDATE certificate c SET number = (SELECT min(number) FROM certificate o WHERE o.catalog_entry_id = c.catalog_entry_id)`,
    /bear the same number/,
  ],
  [
    'I2',
    'a number that the counter passed without a record',
    'UPDATE number_counter SET next_sequence = next_sequence + 1',
    /the counter stands before 4, the records are 2/,
  ],
  [
    'I2',
    'a number reserved for a case that is over',
    `UPDATE number_record SET state = 'reserved'`,
    /is reserved while its case is issued/,
  ],
  [
    'I3',
    'a second signature of one seal',
    `ALTER TABLE seal_signature DROP CONSTRAINT seal_signature_once, DROP CONSTRAINT seal_signature_pkey;
     INSERT INTO seal_signature SELECT * FROM seal_signature LIMIT 1`,
    /place 1 bears 2 signatures/,
  ],
  [
    'I3',
    'a required seal that is missing',
    `DELETE FROM seal_signature WHERE file_kind = 'pdf'`,
    /pdf place 1 bears no seal/,
  ],
  [
    'I3',
    'a use of a seal that nobody wrote down',
    'DELETE FROM seal_use',
    /0 entries in the register of uses/,
  ],
  [
    'I4',
    'a delivery before the issue',
    `UPDATE delivery SET created_at = created_at - ${HOUR}`,
    /delivered before it was issued/,
  ],
  [
    'I4',
    'a version in force that was not issued',
    `ALTER TABLE certificate_version DROP CONSTRAINT certificate_version_effective_when_issued;
     UPDATE certificate_version SET issued_at = NULL WHERE id = ${ONE_VERSION}`,
    /inForce without having been issued/,
  ],
  [
    'I4',
    'an issue before the sealing',
    `UPDATE certificate_version SET issued_at = issued_at - ${HOUR}`,
    /was sealed after it was issued/,
  ],
  [
    'I5',
    'another file in the place of the sealed one',
    `UPDATE certificate_file f SET digest = i.container_digest FROM sealing_intent i
     WHERE i.certificate_version_id = f.certificate_version_id AND i.file_kind = f.file_kind`,
    /is not what the last seal left[\s\S]*is not the one that the event names[\s\S]*ofd: (verification says|it bears)/,
  ],
  [
    'I5',
    'a file that is not in the store',
    `INSERT INTO stored_file VALUES ('${'0'.repeat(64)}', 1, 'application/ofd', now())`,
    /0{64}: the register says that it exists, but it is not in the store/,
  ],
  [
    'I5',
    'a number that is not the one in the file',
    `UPDATE certificate SET number = number || 'X'`,
    /it bears another number/,
  ],
  [
    'I6',
    'a seal that is older than its intent',
    `UPDATE sealing_intent SET prepared_at = prepared_at + ${HOUR}`,
    /was sealed before its intent was written/,
  ],
  ['I6', 'a seal without an intent', 'DELETE FROM sealing_intent', /was sealed without an intent/],
  [
    'I6',
    'an intent that was left open',
    `UPDATE sealing_intent SET state = 'open', closed_at = NULL`,
    /open, while its case is issued/,
  ],
  [
    'I7',
    'an event that was changed',
    `UPDATE event SET facts = facts || '{"state":"suspended"}' WHERE kind = 'certificate.issue'`,
    /its leaf is not the digest of the event as it stands now/,
  ],
  [
    'I7',
    'an event that was taken away',
    `DELETE FROM event WHERE kind = 'certificate.issue'`,
    /whose event is gone/,
  ],
  [
    'I7',
    'an event without a leaf',
    `DELETE FROM event_log_leaf WHERE event_id = (SELECT event_id FROM event_log_link WHERE position = 3)`,
    /the event has no leaf/,
  ],
  ['I7', 'a link that was cut out', 'DELETE FROM event_log_link WHERE position = 2', /position 2 is missing/],
  [
    'I7',
    'two entries that changed places',
    `ALTER TABLE event_log_link DROP CONSTRAINT event_log_link_once;
     UPDATE event_log_link k SET event_id = o.event_id FROM event_log_link o
     WHERE k.position IN (4, 5) AND o.position = 9 - k.position`,
    /the head at 4 does not follow/,
  ],
  [
    'I7',
    'a head that another key signed',
    `UPDATE event_log_head SET signature = set_byte(signature, 12, get_byte(signature, 12) # 1)`,
    /the signature of the head is wrong/,
  ],
  [
    'I8',
    'a lease that nobody gives back',
    `INSERT INTO outbox (dedupe_key, topic, payload, available_at, leased_until)
     VALUES ('planted', 'mail', '{}', '2026-01-01', '2026-01-01')`,
    /its lease ended at/,
  ],
  [
    'I8',
    'an item that is due and never done',
    `INSERT INTO outbox (dedupe_key, topic, payload, available_at, attempts)
     VALUES ('planted', 'upReport', '{}', '2026-01-01', 7)`,
    /due since .*tried 7 times/,
  ],
];

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
