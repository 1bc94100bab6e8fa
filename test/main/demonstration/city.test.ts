import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PostgresEventLogSequencer } from '../../../adapters/postgres/evidence/event-log-sequencer';
import { checkRegister } from '../../../checker/check-register';
import { readLogKeys, readTrust } from '../../../checker/trust-files';
import { type CityReport, layOutCity } from '../../../main/demonstration/city/lay-out-city';
import { StoryOffice } from '../../../main/demonstration/city/story-office';
import { eventLogSigner } from '../../../main/event-log-signer';
import { keyStoreFolder, trustFolder } from '../../../main/foundation';
import { eventually } from '../../support/case-driver';
import { demonstrationDeps } from '../../support/demonstration-template';
import { withProduct } from '../../support/with-product';

/** Everything is sealed in earnest, and keys of the units are made, beside a product that runs. */
const CITY_MS = 600_000;
const STOCK = 20;

describe('The demonstration city beside the running product', () => {
  const { product, driver } = withProduct();

  async function layOut(): Promise<CityReport> {
    const { foundation, clock, simulators } = product();
    const deps = demonstrationDeps(foundation, clock, simulators.agency.baseUrl);
    const { dataDir, secretsDir } = foundation.config;
    const office = await StoryOffice.open({
      foundation,
      deps,
      portalFolder: join(dataDir, 'simulators', 'portal'),
      portalProofKey: Buffer.from(
        readFileSync(join(secretsDir, 'portal-proof-key'), 'utf8').trim(),
        'base64',
      ),
    });
    try {
      return await layOutCity({ office, deps, part: { stock: STOCK, isTold: isFirstOfItsKind } });
    } finally {
      await office.close();
    }
  }

  it(
    'is laid out without a fault: one of each story and some of the stock, and what is open goes on in its workflow',
    async () => {
      const { faults, certificates } = await layOut();
      expect(faults).toEqual([]);
      expect(certificates).toBe(STOCK);
      await eventually(
        'nothing is left to do in the outbox',
        () => driver().rows<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE done_at IS NULL'),
        ([row]) => row?.n === 0,
      );
    },
    CITY_MS,
  );

  it('shows what an office meets: every state of a certificate, and cases that wait for each reason', async () => {
    const states = await driver().rows<{ state: string }>(
      'SELECT DISTINCT state FROM certificate_version WHERE issued_at IS NOT NULL ORDER BY state',
    );
    expect(states.map(({ state }) => state)).toEqual([
      'cancelled',
      'expired',
      'inForce',
      'notYetInForce',
      'recalled',
      'rescinded',
      'revoked',
      'superseded',
      'suspended',
      'transferredOut',
      'voided',
    ]);
    const waiting = await driver().rows<{ state: string; waiting_for: string | null }>(
      'SELECT DISTINCT state, waiting_for FROM issuance WHERE closed_at IS NULL ORDER BY state, waiting_for',
    );
    expect(waiting.map(({ state, waiting_for: why }) => [state, why])).toEqual([
      ['awaitingSeal', 'sealExpired'],
      ['awaitingSeal', 'sealStopped'],
      ['comparing', 'agencyUnavailable'],
      ['sentBack', null],
      ['underReview', null],
    ]);
    const events = await driver().rows<{ state: string }>(
      'SELECT state FROM force_majeure_event ORDER BY state',
    );
    expect(events.map(({ state }) => state)).toEqual([
      'clearanceDisputed',
      'closed',
      'recognised',
      'recovering',
      'rejected',
    ]);
    const chains = await driver().rows<{ version: string }>(
      'SELECT max(version) AS version FROM certificate_version',
    );
    expect(chains[0]?.version).toBe('004');
    const told = await driver().rows<{ users: number }>(
      'SELECT count(*)::int AS users FROM anomaly_told_user GROUP BY anomaly_case_id',
    );
    expect(told).toEqual([{ users: 7 }]);
  });

  it('has reported increments of six units and types for sixty days, and its duty began without an alarm', async () => {
    const duties = await driver().rows<{ since: string; days: number; first: string }>(
      `SELECT d.since::text, count(i.id)::int AS days, min(i.date)::text AS first
       FROM increment_duty d JOIN increment_day i USING (authority_id, catalog_entry_id) WHERE d.until IS NULL GROUP BY d.id`,
    );
    expect(duties).toHaveLength(6);
    for (const { since, days, first } of duties) {
      expect(first).toBe(since);
      expect(days).toBeGreaterThanOrEqual(60);
    }
    const states = await driver().rows<{ state: string; days: number }>(
      `SELECT state, count(*)::int AS days FROM increment_day WHERE state IN ('missed', 'caughtUp') GROUP BY 1 ORDER BY 1`,
    );
    expect(states).toEqual([
      { state: 'caughtUp', days: 1 },
      { state: 'missed', days: 1 },
    ]);
    const told = await driver().rows<{ state: string; tasks: number }>(
      `SELECT state, count(*)::int AS tasks FROM task WHERE kind = 'incrementCatchUp' GROUP BY 1 ORDER BY 1`,
    );
    expect(told).toEqual([
      { state: 'decided', tasks: 1 },
      { state: 'open', tasks: 1 },
    ]);
    const rejected = await driver().rows<{ format: string; rows: number }>(
      'SELECT format, rejected_count AS rows FROM increment_upload WHERE rejected_count > 0',
    );
    expect(rejected).toEqual([{ format: 'csvUtf8', rows: 9 }]);
    const handled = await driver().rows<{ handling: string; types: number }>(
      `SELECT k.definition->>'handling' AS handling, count(DISTINCT r.catalog_entry_id)::int AS types
       FROM ingested_record r JOIN catalog_entry_version k ON k.id = r.catalog_entry_version_id GROUP BY 1 ORDER BY 1`,
    );
    expect(handled).toEqual([
      { handling: 'collect', types: 3 },
      { handling: 'issue', types: 2 },
      { handling: 'mirror', types: 1 },
    ]);
  });

  it('has a board of which each number opens its list', async () => {
    const supervisor = product().person('supervisor');
    const board: { total: Record<string, number> } = JSON.parse(
      (await supervisor('GET', '/api/v1/deadlines/board')).text,
    );
    for (const standing of ['overdue', 'today', 'near', 'enough']) {
      const answered = await supervisor('GET', `/api/v1/deadlines?state=${standing}&limit=100`);
      const { items }: { items: readonly unknown[] } = JSON.parse(answered.text);
      expect([standing, items.length]).toEqual([standing, board.total[standing]]);
    }
    expect(board.total['overdue']).toBeGreaterThan(0);
  });

  it(
    'is right to the independent checker',
    async () => {
      const { foundation, clock, database } = product();
      const sequencer = new PostgresEventLogSequencer({
        ...foundation,
        ...eventLogSigner(foundation.sealer),
      });
      while ((await sequencer.sequence(1_000)) > 0);
      await sequencer.signHead();
      const report = await checkRegister(database.auditorUrl, {
        filesFolder: join(foundation.config.dataDir, 'files'),
        ...(await readTrust(trustFolder(foundation.config))),
        logKeys: await readLogKeys([join(keyStoreFolder(foundation.config), 'event-log.test-only-key.json')]),
        at: clock.now(),
        drainedAfterMs: null,
        seenHead: null,
      });
      const findings = report.invariants.flatMap((invariant) =>
        invariant.findings.map(({ id, what }) => [invariant.invariant, id, what]),
      );
      expect(findings).toEqual([]);
    },
    CITY_MS,
  );

  it(
    'is found by a second laying-out, which changes nothing',
    async () => {
      const before = await driver().counts();
      expect(await layOut()).toEqual({ chapters: 0, certificates: 0, faults: [] });
      expect(await driver().counts()).toEqual(before);
    },
    CITY_MS,
  );
});

/** Stories that are told several times end in a number. */
function isFirstOfItsKind(key: string): boolean {
  const last = key.split('/').at(-1) ?? '';
  return last === '0' || !/^\d+$/.test(last);
}
