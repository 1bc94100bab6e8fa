import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { workflowId } from '../adapters/temporal/temporal-conductor';
import type { ConductedKind } from '../ports/conductor';
import { AnomalyDriver } from '../test/support/anomaly-driver';
import { anIssuance, type IssuanceBody } from '../test/support/builders/issuance-body';
import { CaseDriver, eventually } from '../test/support/case-driver';
import { aBusinessLicence, ChangeDriver, changeOf, nextVersion } from '../test/support/change-driver';
import { ForceMajeureDriver } from '../test/support/force-majeure-driver';
import globalSetup from '../test/support/global-setup';
import globalTeardown from '../test/support/global-teardown';
import { type Product, startProduct } from '../test/support/product';

/**
 * Records the history of every workflow type on its main paths, on real engines, into `test/histories`, and writes the
 * manifest of digests. A history that is there is kept: after the first release none is ever overwritten, because the
 * running cases of an office look like it. `-- NAME…` records only these.
 */
const CHECKOUT = resolve(__dirname, '..');
const FOLDER = join(CHECKOUT, 'test', 'histories');
const COMPANY_CODE = '91150602MA0DEM013X';
const HOUR_MS = 3_600_000;

interface Recorded {
  readonly kind: ConductedKind;
  readonly id: string;
}
type Path = (driver: CaseDriver, product: Product) => Promise<Recorded>;

async function delivered(driver: CaseDriver, issuanceId: string): Promise<Recorded> {
  const { certificate } = await driver.untilState(issuanceId, 'issued');
  const [row] = await eventually(
    'delivered',
    () =>
      driver.rows<{ id: string; state: string }>(
        'select id, state from delivery where certificate_version_id = $1',
        [certificate?.versionId],
      ),
    (rows) => rows[0]?.state !== 'pending',
  );
  return { kind: 'delivery', id: row?.id ?? '' };
}

/** Until the workflow has looked for the first time and set its timer. */
async function untilItWaits(product: Product, { kind, id }: Recorded): Promise<void> {
  await eventually(
    `${kind} ${id} waits`,
    async () => {
      const handle = product.temporal.workflow.getHandle(workflowId(kind, id));
      const { events } = await handle.fetchHistory().catch(() => ({ events: [] }));
      return events?.some((event) => event.timerStartedEventAttributes != null) ?? false;
    },
    (isWaiting) => isWaiting,
  );
}

async function retried(driver: CaseDriver, product: Product, account: object): Promise<Recorded> {
  await driver.tellSimulator('portal', `accounts/${COMPANY_CODE}`, account);
  const held = await delivered(driver, await driver.submitWithRecord(anIssuance()));
  await driver.tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true });
  await product.person('window1')('POST', `/api/v1/deliveries/${held.id}/retry`);
  return held;
}

async function reviewed(
  driver: CaseDriver,
  decision: 'approve' | 'refuse',
  reason: string | null,
): Promise<Recorded> {
  const id = await driver.submit(anIssuance());
  await driver.review(id, decision, reason);
  await driver.untilState(id, decision === 'approve' ? 'issued' : 'refused');
  return { kind: 'issuance', id };
}

/** An event with one item that is recognised and cleared; out: the ids. */
async function recovering(product: Product): Promise<{ readonly id: string; readonly itemId: string }> {
  const driver = new ForceMajeureDriver(product);
  const { id } = await driver.recognised();
  const item = await driver.markedItem(id);
  await driver.clear(id, driver.now());
  return { id, itemId: item.id };
}

/** A case of an objection, accepted; then what the story does with it until it is closed or withdrawn. */
async function objected(
  driver: CaseDriver,
  product: Product,
  story: (anomalies: AnomalyDriver, id: string, body: IssuanceBody) => Promise<void>,
): Promise<Recorded> {
  const anomalies = new AnomalyDriver(product, driver);
  const certificate = await anomalies.certificate();
  const { id } = await anomalies.filed('company1', anomalies.objection(certificate));
  await anomalies.acted(id, 'accept', {});
  await story(anomalies, id, certificate.body);
  return { kind: 'anomalyCase', id };
}

async function repliedAndReceived(anomalies: AnomalyDriver, id: string): Promise<void> {
  await anomalies.untilState(id, 'replying');
  await anomalies.acted(id, 'reply');
  await anomalies.get(id, '/replies', 'company1');
  await anomalies.untilState(id, 'closed');
}

/** A licence that is always reviewed, and the amendment that an operator asks for. */
async function changeUnderReview(
  driver: ChangeDriver,
): Promise<{ readonly changeId: string; readonly certificateId: string }> {
  const body = aBusinessLicence();
  const issuance = await driver.submitWithRecord(body);
  await driver.review(issuance, 'approve');
  const { certificate } = await driver.untilState(issuance, 'issued');
  const next = nextVersion(body, { face: { 经营范围: '道路危险货物运输' } });
  await driver.layDownRecord(next);
  const certificateId = certificate?.id ?? '';
  const { id } = changeOf(await driver.askAs('operator1', certificateId, 'amendments', next));
  return { changeId: id, certificateId };
}

const PATHS: Readonly<Record<string, Path>> = {
  'anomaly-case-upheld': (driver, product) =>
    objected(driver, product, async (anomalies, id) => {
      await anomalies.acted(id, 'decide', { decision: 'uphold', reason: '登记无误' });
      await repliedAndReceived(anomalies, id);
    }),
  'anomaly-case-corrected': (driver, product) =>
    objected(driver, product, async (anomalies, id, body) => {
      const corrections = { 车辆类型: '重型普通货车' };
      await driver.layDownRecord({ ...body, face: { ...body.face, ...corrections } });
      await anomalies.acted(id, 'decide', { decision: 'correct', reason: '登记有误', corrections });
      await repliedAndReceived(anomalies, id);
    }),
  'anomaly-case-sent-back-and-withdrawn': (driver, product) =>
    objected(driver, product, async (anomalies, id) => {
      await anomalies.acted(id, 'send-back', { reason: '请补充材料' });
      await anomalies.acted(id, 'supply-evidence', { explanation: '见附件' }, 'company1');
      await anomalies.acted(id, 'withdraw', { reason: '已核实' }, 'company1');
      await anomalies.untilState(id, 'withdrawn');
    }),
  'issuance-straight-through': async (driver) => {
    const id = await driver.submitWithRecord(anIssuance('不动产权证书'));
    await driver.untilState(id, 'issued');
    return { kind: 'issuance', id };
  },
  'issuance-approved-after-review': (driver) => reviewed(driver, 'approve', null),
  'issuance-refused': (driver) => reviewed(driver, 'refuse', '不符合条件'),
  'issuance-sent-back-and-resubmitted': async (driver) => {
    const body = anIssuance();
    const id = await driver.submit(body);
    await driver.review(id, 'sendBack', '请补正');
    await driver.untilState(id, 'sentBack');
    await driver.layDownRecord(body);
    await driver.resubmit(id, body);
    await driver.untilState(id, 'issued');
    return { kind: 'issuance', id };
  },
  'issuance-withdrawn-under-review': async (driver) => {
    const id = await driver.submit(anIssuance());
    await driver.untilState(id, 'underReview');
    await driver.withdraw(id);
    await driver.untilState(id, 'withdrawn');
    return { kind: 'issuance', id };
  },
  'issuance-awaiting-seal': async (driver) => {
    await driver.changeSeal('registration', 'stop');
    const id = await driver.submitWithRecord(anIssuance('不动产权证书'));
    await driver.untilState(id, 'awaitingSeal');
    await driver.changeSeal('registration', 'resume');
    await driver.untilState(id, 'issued');
    return { kind: 'issuance', id };
  },
  'issuance-agency-unavailable': async (driver) => {
    const body = anIssuance();
    await driver.layDownRecord(body);
    await driver.tellSimulator('agency', 'faults', { mode: 'error500' });
    const id = await driver.submit(body);
    await driver.untilWaitingFor(id, 'agencyUnavailable');
    await driver.tellSimulator('agency', 'faults', { mode: 'none' });
    await driver.untilState(id, 'issued');
    return { kind: 'issuance', id };
  },
  'force-majeure-closed-in-time': async (_, product) => {
    const driver = new ForceMajeureDriver(product);
    const { id, itemId } = await recovering(product);
    await driver.closeItem(id, itemId, { kind: 'exception', reason: '申请人已撤回' });
    await driver.acted('operator1', id, 'close');
    return { kind: 'forceMajeureEvent', id };
  },
  'force-majeure-disputed-and-recurred': async (_, product) => {
    const driver = new ForceMajeureDriver(product);
    const { id, itemId } = await recovering(product);
    await driver.dispute(id, driver.now(), 'city');
    await driver.recur(id, driver.now());
    await driver.clear(id, driver.now());
    await driver.closeItem(id, itemId, { kind: 'exception', reason: '申请人已撤回' });
    await driver.acted('operator1', id, 'close');
    return { kind: 'forceMajeureEvent', id };
  },
  'force-majeure-rejected': async (_, product) => {
    const driver = new ForceMajeureDriver(product);
    const { id } = await driver.declare();
    await driver.markedItem(id);
    await driver.acted('operator1', id, 'report');
    await driver.acted('city', id, 'reject', { reason: '可以预见' });
    return { kind: 'forceMajeureEvent', id };
  },
  'certificate-change-approved-and-produced': async (_, product) => {
    const driver = new ChangeDriver(product);
    const { changeId } = await changeUnderReview(driver);
    await driver.review(changeId, 'approve');
    await driver.untilChange(changeId, 'done');
    return { kind: 'certificateChange', id: changeId };
  },
  'certificate-change-sent-back-and-withdrawn': async (_, product) => {
    const driver = new ChangeDriver(product);
    const { changeId } = await changeUnderReview(driver);
    await driver.review(changeId, 'sendBack', '请补正');
    await driver.untilChange(changeId, 'sentBack');
    await product.person('operator1')('POST', `/api/v1/certificate-changes/${changeId}/withdraw`, {
      body: { reason: '申请人撤回' },
    });
    return { kind: 'certificateChange', id: changeId };
  },
  'certificate-change-preempted': async (_, product) => {
    const driver = new ChangeDriver(product);
    const { changeId, certificateId } = await changeUnderReview(driver);
    await untilItWaits(product, { kind: 'certificateChange', id: changeId });
    await driver.change(certificateId, 'revocations', await driver.decided());
    return { kind: 'certificateChange', id: changeId };
  },
  'delivery-delivered': async (driver) => delivered(driver, await driver.submitWithRecord(anIssuance())),
  'delivery-held-for-pickup': (driver, product) => retried(driver, product, { registered: false }),
  'delivery-receipt-asked-for-again': async (driver, product) => {
    await driver.tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true, receipt: 'later' });
    const waiting = await delivered(driver, await driver.submitWithRecord(anIssuance()));
    await untilItWaits(product, waiting);
    product.clock.advance(HOUR_MS);
    for (const username of ['window1', 'city']) product.signInAgain(username);
    await product.conductor.tell('delivery', waiting.id);
    return waiting;
  },
  'delivery-to-a-wrong-person': (driver, product) =>
    retried(driver, product, { registered: true, name: '别人' }),
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  mkdirSync(FOLDER, { recursive: true });
  await globalSetup();
  const product = await startProduct();
  try {
    const driver = new CaseDriver(product);
    for (const [name, path] of Object.entries(PATHS)) {
      const file = join(FOLDER, `${name}.json`);
      if (existsSync(file) || (wanted.length > 0 && !wanted.includes(name))) continue;
      writeFileSync(file, await recorded(product, await path(driver, product)));
      console.log(`recorded: ${name}`);
    }
  } finally {
    await product.stop();
    await globalTeardown();
  }
  writeFileSync(join(FOLDER, 'manifest.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
}

/** The finished history as JSON, without where it was recorded. */
async function recorded(product: Product, { kind, id }: Recorded): Promise<string> {
  const handle = product.temporal.workflow.getHandle(workflowId(kind, id));
  await eventually(
    `${kind} ${id} is at its end`,
    () => handle.describe(),
    ({ status }) => status.name === 'COMPLETED',
  );
  return `${historyToJSON(await handle.fetchHistory())
    .replaceAll(CHECKOUT, '')
    .replaceAll(hostname(), 'recorder')
    .replaceAll(/product-[0-9a-f]{12}/g, 'ecert')}\n`;
}

/** Digest of each committed history by its name. */
function manifest(): Readonly<Record<string, string>> {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json') && name !== 'manifest.json')
    .sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(FOLDER, name)))
        .digest('hex'),
    ]),
  );
}

void main();
