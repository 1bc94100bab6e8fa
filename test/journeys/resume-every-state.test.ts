import { openCases } from '../../adapters/postgres/case/open-cases';
import { workflowId } from '../../adapters/temporal/temporal-conductor';
import { certificateSchedule } from '../../main/certificate-schedule';
import { clockTasks } from '../../main/clock-tasks';
import { ingestionTasks } from '../../main/ingestion-tasks';
import { openOutsideSystems } from '../../main/outside-systems';
import { runPeriodically } from '../../main/run-periodically';
import { CONDUCTED_KINDS, type ConductedKind } from '../../ports/conductor';
import { AnomalyDriver, type IssuedCertificate } from '../support/anomaly-driver';
import { anIssuance } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { aBusinessLicence, ChangeDriver, changeOf, nextVersion } from '../support/change-driver';
import { ForceMajeureDriver } from '../support/force-majeure-driver';
import { OPEN_STATES } from '../support/open-states';
import { STORY_MS, withProduct } from '../support/with-product';

const COMPANY_CODE = '91150602MA0DEM013X';
/** A type of which nothing else is under way, so that no event holds what the other cases are about. */
const OTHER_TYPE = '11100000000013338W009';
const EXEMPTION = {
  kind: 'byLaw',
  basis: {
    name: '上级统一制发的有关规定(演示)',
    number: '鄂演技认〔2026〕1号',
    date: '2026-11-20',
    note: '演示数据，非真实文件',
  },
} as const;
const PAGE = 3;
const DAY_MS = 86_400_000;

interface Placed {
  readonly kind: ConductedKind;
  readonly state: string;
  readonly id: string;
}

describe('when everything that Temporal knew is gone', () => {
  const { product, driver } = withProduct();
  const placed: Placed[] = [];
  afterEach(() => product().gates.open());

  async function place(kind: ConductedKind, state: string, begin: () => Promise<string>): Promise<void> {
    const id = await begin();
    await eventually(
      `${kind} ${id} is ${state}`,
      () => driver().rows<{ state: string }>(`select state from ${TABLES[kind]} where id = $1`, [id]),
      ([row]) => row?.state === state,
    );
    placed.push({ kind, state, id });
  }

  async function placeDeliveries(): Promise<void> {
    const account = (value: object) => driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, value);
    const deliveryOf = async (): Promise<string> => {
      const issuance = await driver().submitWithRecord(anIssuance());
      const { certificate } = await driver().untilState(issuance, 'issued');
      const [row] = await driver().rows<{ id: string }>(
        'select id from delivery where certificate_version_id = $1',
        [certificate?.versionId],
      );
      return row?.id ?? '';
    };
    await account({ registered: true, receipt: 'later' });
    await place('delivery', 'awaitingReceipt', deliveryOf);
    await account({ registered: false });
    await place('delivery', 'awaitingPickup', deliveryOf);
    await account({ registered: true, name: '别人' });
    await place('delivery', 'wrongPerson', deliveryOf);
    await driver().tellSimulator('portal', 'faults', { mode: 'error500' });
    await place('delivery', 'pending', deliveryOf);
  }

  async function placeAnomalies(certificates: readonly IssuedCertificate[]): Promise<void> {
    const anomalies = new AnomalyDriver(product(), driver());
    const ways: Readonly<Record<(typeof OPEN_STATES.anomalyCase)[number], (id: string) => Promise<void>>> = {
      filed: async () => undefined,
      investigating: (id) => anomalies.acted(id, 'accept', {}),
      awaitingEvidence: async (id) => {
        await anomalies.acted(id, 'accept', {});
        await anomalies.acted(id, 'send-back', { reason: '请补充' });
      },
      correcting: async (id) => {
        await anomalies.acted(id, 'accept', {});
        const corrections = { 车辆类型: '重型普通货车' };
        await anomalies.acted(id, 'decide', { decision: 'correct', reason: '有误', corrections });
      },
      replying: async (id) => {
        await anomalies.acted(id, 'accept', {});
        await anomalies.acted(id, 'decide', { decision: 'uphold', reason: '无误' });
      },
      awaitingReceipt: async (id) => {
        await anomalies.acted(id, 'accept', {});
        await anomalies.acted(id, 'decide', { decision: 'uphold', reason: '无误' });
        await anomalies.acted(id, 'reply');
      },
      closed: async () => undefined,
      withdrawn: async () => undefined,
    };
    for (const [index, state] of OPEN_STATES.anomalyCase.entries()) {
      const certificate = certificates[index];
      if (certificate === undefined) throw new Error('too few certificates');
      await place('anomalyCase', state, async () => {
        const { id } = await anomalies.filed('company1', anomalies.objection(certificate));
        await ways[state](id);
        return id;
      });
    }
  }

  /** `received` and `approved` are passed within one transaction, so such a row is laid down as an older product may leave it. */
  async function placeChanges(licences: readonly Awaited<ReturnType<typeof aLicence>>[]): Promise<void> {
    const changes = new ChangeDriver(product());
    const amended = async (index: number): Promise<string> => {
      const licence = licences[index];
      if (licence === undefined) throw new Error('too few licences');
      const next = nextVersion(licence.body, { face: { 经营范围: '道路危险货物运输' } });
      return changeOf(await changes.askAs('operator1', licence.id, 'amendments', next)).id;
    };
    const decided = async (index: number, decision: 'approve' | 'sendBack'): Promise<string> => {
      const id = await amended(index);
      await driver().review(id, decision, decision === 'approve' ? null : '请补正');
      return id;
    };
    await place('certificateChange', 'underReview', () => amended(0));
    await place('certificateChange', 'sentBack', () => decided(1, 'sendBack'));
    await place('certificateChange', 'inProduction', () => decided(2, 'approve'));
    const [toBeReceived, toBeApproved] = [await decided(3, 'sendBack'), await amended(4)];
    await changes.untilChange(toBeReceived, 'sentBack');
    product().gates.close('settleCertificateChange');
    await driver().review(toBeApproved, 'approve');
    await place('certificateChange', 'received', async () => {
      await driver().rows(
        `update certificate_change set state = 'received', revision = revision + 1 where id = $1`,
        [toBeReceived],
      );
      return toBeReceived;
    });
    await place('certificateChange', 'approved', async () => {
      await driver().rows(
        `with met as (update deadline set state = 'met', closed_at = now(), next_ring_at = null where case_id = $1)
         update certificate_change set state = 'approved' where id = $1`,
        [toBeApproved],
      );
      return toBeApproved;
    });
  }

  /** A licence in force, which is always reviewed. */
  async function aLicence() {
    const body = aBusinessLicence();
    const issuance = await driver().submitWithRecord(body);
    await driver().review(issuance, 'approve');
    const { certificate } = await driver().untilState(issuance, 'issued');
    return { id: certificate?.id ?? '', body };
  }

  async function placeEvents(): Promise<void> {
    const events = new ForceMajeureDriver(product());
    const scope = { catalogCodes: [OTHER_TYPE] };
    const declared = async () => (await events.declare(scope)).id;
    const recognised = async () => (await events.recognised(scope)).id;
    const cleared = async (): Promise<string> => {
      const id = await recognised();
      await events.clear(id, events.now());
      return id;
    };
    await place('forceMajeureEvent', 'declared', declared);
    await place('forceMajeureEvent', 'reported', async () => {
      const id = await declared();
      await events.acted('operator1', id, 'report');
      return id;
    });
    await place('forceMajeureEvent', 'recognised', recognised);
    await place('forceMajeureEvent', 'recovering', cleared);
    await place('forceMajeureEvent', 'clearanceDisputed', async () => {
      const id = await cleared();
      product().clock.advance(1_000);
      await events.dispute(id, events.now(), 'city');
      return id;
    });
    product().gates.close('settleForceMajeureEvent');
    await place('forceMajeureEvent', 'rejected', async () => {
      const id = await declared();
      await events.markedItem(id, { catalogCode: OTHER_TYPE });
      await events.acted('operator1', id, 'report');
      await events.acted('city', id, 'reject', { reason: '不属实' });
      return id;
    });
  }

  /** The last step first, because what is held for one is held for all that follow. */
  async function placeIssuances(): Promise<void> {
    const { gates } = product();
    const withRecord = () => driver().submitWithRecord(anIssuance());
    gates.close('issue');
    await place('issuance', 'sealed', withRecord);
    gates.close('seal');
    await place('issuance', 'prepared', withRecord);
    await driver().changeSeal('registration', 'stop');
    await place('issuance', 'awaitingSeal', () => driver().submitWithRecord(anIssuance('不动产权证书')));
    gates.close('prepare');
    await place('issuance', 'approved', withRecord);
    await place('issuance', 'sentBack', async () => {
      const id = await driver().submit(anIssuance());
      await driver().review(id, 'sendBack', '请补正');
      return id;
    });
    await place('issuance', 'underReview', () => driver().submit(anIssuance()));
    gates.close('compare');
    await place('issuance', 'comparing', withRecord);
    gates.close('admit');
    await place('issuance', 'received', withRecord);
  }

  function deadlines() {
    return driver().rows(
      `select case_id, key, round, start_at, due_at, original_due_at from deadline where case_id = any ($1::uuid[])
       order by case_id, key, round`,
      [placed.map(({ id }) => id)],
    );
  }

  const executionOf = ({ kind, id }: Placed) =>
    product().temporal.workflow.getHandle(workflowId(kind, id)).describe();

  /** Its history is over, and nothing of it leads on; that Temporal is quite empty is what the fault test sees to. */
  async function forget({ kind, id }: Placed): Promise<void> {
    await product()
      .temporal.workflow.getHandle(workflowId(kind, id))
      .terminate('the memory of Temporal is lost');
  }

  async function resume(): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const page of openCases(product().foundation.register, PAGE)) {
      await Promise.all(page.map(({ kind, id }) => product().conductor.startAgain(kind, id)));
      found.push(...page.map(({ kind, id }) => workflowId(kind, id)));
    }
    return found;
  }

  it(
    'a case at every open state of every lifecycle is found in the register, runs again, and has the same deadlines',
    async () => {
      const anomalies = new AnomalyDriver(product(), driver());
      const certificates: IssuedCertificate[] = [];
      for (const _ of OPEN_STATES.anomalyCase) certificates.push(await anomalies.certificate());
      const licences: Awaited<ReturnType<typeof aLicence>>[] = [];
      for (const _ of OPEN_STATES.certificateChange) licences.push(await aLicence());
      await placeDeliveries();
      await placeAnomalies(certificates);
      await placeChanges(licences);
      await placeEvents();
      await placeIssuances();
      for (const kind of CONDUCTED_KINDS) {
        const stands = placed.filter((one) => one.kind === kind).map(({ state }) => state);
        expect([kind, [...stands].sort()]).toEqual([kind, [...OPEN_STATES[kind]].sort()]);
      }
      const before = await deadlines();
      expect(before.length).toBeGreaterThan(placed.length / 2);
      await Promise.all(placed.map(forget));

      const found = await resume();
      for (const { kind, id } of placed) expect(found).toContain(workflowId(kind, id));
      for (const one of placed) {
        const { status } = await executionOf(one);
        expect([one.kind, one.state, status.name]).toEqual([one.kind, one.state, 'RUNNING']);
      }
      expect(await deadlines()).toEqual(before);
    },
    3 * STORY_MS,
  );

  it(
    'what runs every day needs nothing of it: certificates begin, days of increments open, clocks ring, without any workflow',
    async () => {
      const certificateId = await new ChangeDriver(product()).issued(
        anIssuance('道路运输证', { validFrom: '2026-11-24', validUntil: '2031-11-23' }),
      );
      const waiting = await driver().submit(anIssuance());
      await driver().untilState(waiting, 'underReview');
      await forget({ kind: 'issuance', state: 'underReview', id: waiting });
      const { items }: { items: readonly { id: string }[] } = JSON.parse(
        (await product().person('city')('GET', '/api/v1/increments/modes')).text,
      );
      const exempted = await product().person('city')('PUT', `/api/v1/increments/modes/${items[0]?.id}`, {
        body: { mode: 'dailyIncrement', exemption: EXEMPTION },
      });
      expect(exempted.status).toBe(200);
      product().clock.advance(2 * DAY_MS);
      const { foundation } = product();
      const outside = openOutsideSystems(foundation);
      const schedules = [
        ...certificateSchedule(foundation),
        ...[...clockTasks(foundation).tasks, ...ingestionTasks(foundation, outside.upReports).tasks].map(
          runPeriodically,
        ),
      ];
      try {
        await eventually(
          'the schedules have done what two days brought',
          () =>
            driver().rows(
              `select (select state from certificate_version where certificate_id = $1) as certificate,
               (select state from deadline where case_id = $2 and key = 'ISSUANCE_REVIEW') as clock,
               (select count(*)::int from increment_day where date >= '2026-11-25') > 0 as days`,
              [certificateId, waiting],
            ),
          ([row]) => row?.['certificate'] === 'inForce' && row['clock'] === 'missed' && row['days'] === true,
        );
      } finally {
        await Promise.all(schedules.map((schedule) => schedule.stop()));
      }
    },
    STORY_MS,
  );
});

const TABLES: Readonly<Record<ConductedKind, string>> = {
  issuance: 'issuance',
  delivery: 'delivery',
  anomalyCase: 'anomaly_case',
  certificateChange: 'certificate_change',
  forceMajeureEvent: 'force_majeure_event',
};
