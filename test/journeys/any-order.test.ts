import fc from 'fast-check';
import { PostgresAnomalyLedger } from '../../adapters/postgres/anomaly/anomaly-ledger';
import { PostgresCertificateChangeLedger } from '../../adapters/postgres/certificate-change/certificate-change-ledger';
import { PostgresForceMajeureLedger } from '../../adapters/postgres/force-majeure/force-majeure-ledger';
import type { AnomalyState } from '../../domain/anomaly/lifecycle';
import { isAnomalyFinal } from '../../domain/anomaly/lifecycle';
import type { ChangeState } from '../../domain/certificate-change/lifecycle';
import { isChangeFinal } from '../../domain/certificate-change/lifecycle';
import { unitId } from '../../main/demonstration/seed-units';
import { AnomalyDriver } from '../support/anomaly-driver';
import type { Answered } from '../support/api-client';
import { hasRole } from '../support/builders/role-change';
import { eventually } from '../support/case-driver';
import { aBusinessLicence, ChangeDriver, nextVersion } from '../support/change-driver';
import { clockFindings } from '../support/clock-findings';
import { ForceMajeureDriver } from '../support/force-majeure-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const RUNS = 6;
const LONGEST = 16;
const HOUR_MS = 3_600_000;
const TWENTY_MINUTES_MS = 1_200_000;
const PEOPLE = ['operator1', 'reviewer1', 'investigator1', 'dept-housing', 'company1', 'city'] as const;

type Commands<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>;

/** A fault of the product is never an answer to a command that comes at the wrong time; a refusal is. */
function answered(answer: Answered): Answered {
  if (answer.status >= 500) throw new Error(`the product failed: ${answer.text}`);
  return answer;
}

describe('in the running product, whatever people ask for in whatever order', () => {
  const { product, driver } = withProduct();
  const findings = () => clockFindings((sql) => driver().rows(sql));

  function later(ms: number): void {
    product().clock.advance(ms);
    for (const name of PEOPLE) product().signInAgain(name);
  }

  /** Runs sequences on cases of their own; a case that is not at its end is then led there. */
  async function holds<Case, Name extends string>(
    begin: () => Promise<Case>,
    commandsOf: (one: Case) => Commands<Name>,
    names: readonly Name[],
    finish: (one: Case, commands: Commands<Name>) => Promise<void>,
  ): Promise<void> {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: LONGEST / 2, maxLength: LONGEST }),
        async (sequence) => {
          const one = await begin();
          const commands = commandsOf(one);
          for (const name of sequence) {
            await commands[name]();
            expect([name, await findings()]).toEqual([name, []]);
          }
          await finish(one, commands);
          expect(await findings()).toEqual([]);
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
  }

  function anomalyCommands(id: string) {
    const anomalies = new AnomalyDriver(product(), driver());
    const office = async (name: string, body: object | null = null): Promise<void> => {
      const first = answered(await anomalies.act(id, name, body));
      if (first.status >= 300) answered(await anomalies.act(id, name, body, 'dept-housing'));
    };
    const objector = async (name: string, body: object): Promise<void> => {
      answered(await anomalies.act(id, name, body, 'company1'));
    };
    const decide = (body: object) => () => office('decide', { reason: '经核查', ...body });
    return {
      accept: () => office('accept', {}),
      refuseAdmission: () => office('accept', { admissible: false, reason: '不属于异议范围' }),
      sendBack: () => office('send-back', { reason: '请补充' }),
      supply: () => objector('supply-evidence', { explanation: '见附件' }),
      transfer: () => office('transfer', { authorityId: unitId('city-housing'), reason: '应由该单位核查' }),
      transferBack: () =>
        office('transfer', { authorityId: unitId('bureau-150602'), reason: '应由该单位核查' }),
      uphold: decide({ decision: 'uphold' }),
      correct: decide({ decision: 'correct', corrections: { 车辆类型: '重型普通货车' } }),
      reply: () => office('reply'),
      read: async () =>
        answered(await product().person('company1')('GET', `/api/v1/anomaly-cases/${id}/replies`)),
      tenDays: async () => {
        later(240 * HOUR_MS);
        await new PostgresAnomalyLedger(product().foundation).settle(id);
      },
      withdraw: () => objector('withdraw', { reason: '已核实' }),
    } satisfies Commands<string>;
  }

  it(
    'an anomaly case keeps the clocks of its state, concludes once, and ends',
    async () => {
      await hasRole(product().foundation, 'dept-housing', 'investigator', 'city-housing');
      const anomalies = new AnomalyDriver(product(), driver());
      const stateOf = async (id: string): Promise<AnomalyState> => {
        const [row] = await driver().rows<{ state: AnomalyState }>(
          'select state from anomaly_case where id = $1',
          [id],
        );
        return row?.state ?? 'filed';
      };
      await holds(
        async () => {
          const certificate = await anomalies.certificate();
          return (await anomalies.filed('company1', anomalies.objection(certificate))).id;
        },
        anomalyCommands,
        Object.keys(anomalyCommands('')) as (keyof ReturnType<typeof anomalyCommands>)[],
        async (id, { accept, supply, uphold, reply, read }) => {
          await eventually(
            'the case is at its end',
            async () => {
              for (const act of [accept, supply, uphold, reply, read]) await act();
              await reviewed(await openTaskOf(id), 'refuse');
              await new PostgresAnomalyLedger(product().foundation).settle(id);
              return stateOf(id);
            },
            isAnomalyFinal,
          );
        },
      );
    },
    2 * STORY_MS,
  );

  /** The open task of a change, of the issuance that makes its version, or of the change that an anomaly case waits for. */
  async function openTaskOf(caseId: string): Promise<string | null> {
    const [task] = await driver().rows<{ id: string }>(
      `select t.id from task t where t.state in ('open', 'claimed') and t.kind in ('changeReview', 'issuanceReview') and (
         t.case_id = $1 or t.case_id in (select id from issuance where certificate_change_id = $1)
         or t.case_id in (select i.id from issuance i join anomaly_case a on a.change_id = i.certificate_change_id where a.id = $1))`,
      [caseId],
    );
    return task?.id ?? null;
  }

  async function reviewed(
    taskId: string | null,
    decision: 'approve' | 'sendBack' | 'refuse',
    username = 'reviewer1',
  ): Promise<void> {
    if (taskId === null) return;
    answered(await driver().claim(taskId, username));
    answered(await driver().decide(taskId, decision, '经审核', username));
  }

  interface Licence {
    readonly certificateId: string;
    readonly body: ReturnType<typeof aBusinessLicence>;
  }

  function changeCommands({ certificateId, body }: Licence) {
    const changes = new ChangeDriver(product());
    const newest = async (): Promise<string> => {
      const [row] = await driver().rows<{ id: string }>(
        'select id from certificate_change where certificate_id = $1 order by received_at desc, id desc limit 1',
        [certificateId],
      );
      return row?.id ?? certificateId;
    };
    const act = async (name: string, sent: object) =>
      answered(
        await product().person('operator1')('POST', `/api/v1/certificate-changes/${await newest()}/${name}`, {
          body: sent,
        }),
      );
    const ask = (path: string, sent: () => Promise<object>) => async () =>
      answered(await changes.askAs('operator1', certificateId, path, { ...(await sent()) }));
    const decided = () => changes.decided();
    const amended = async () => nextVersion(body, { face: { 经营范围: '道路危险货物运输' } });
    const review =
      (decision: 'approve' | 'sendBack' | 'refuse', username = 'reviewer1') =>
      async () =>
        reviewed(await openTaskOf(await newest()), decision, username);
    return {
      amend: ask('amendments', amended),
      renew: ask('renewals', async () => nextVersion(body, { validUntil: '2034-01-01' })),
      approve: review('approve'),
      sendBack: review('sendBack'),
      refuse: review('refuse'),
      operatorTakesIt: review('approve', 'operator1'),
      resubmit: async () => act('resubmit', await amended()),
      withdraw: () => act('withdraw', { reason: '申请人撤回' }),
      suspend: ask('suspensions', decided),
      resume: ask('resumptions', decided),
      revoke: ask('revocations', decided),
      cancel: ask('cancellations', decided),
      settle: async () => {
        const id = await newest();
        if (id !== certificateId) await new PostgresCertificateChangeLedger(product().foundation).settle(id);
      },
    } satisfies Commands<string>;
  }

  it(
    'a change keeps the clock of its review, is never reviewed by its operator, and ends; no certificate is in force twice',
    async () => {
      await hasRole(product().foundation, 'operator1', 'reviewer', 'bureau-150602');
      product().signInAgain('operator1');
      await holds(
        async (): Promise<Licence> => {
          const body = aBusinessLicence();
          const issuance = await driver().submitWithRecord(body);
          await driver().review(issuance, 'approve');
          const { certificate } = await driver().untilState(issuance, 'issued');
          return { certificateId: certificate?.id ?? '', body };
        },
        changeCommands,
        Object.keys(changeCommands({ certificateId: '', body: aBusinessLicence() })) as (keyof ReturnType<
          typeof changeCommands
        >)[],
        async ({ certificateId }, { approve, resubmit, amend }) => {
          await amend();
          await eventually(
            'every change is at its end',
            async () => {
              for (const step of [resubmit, approve]) await step();
              return driver().rows<{ state: ChangeState }>(
                'select state from certificate_change where certificate_id = $1',
                [certificateId],
              );
            },
            (rows) => rows.every(({ state }) => isChangeFinal(state)),
          );
          const live = await driver().rows<{ live: number }>(
            `select count(*)::int as live from certificate_version where certificate_id = $1
             and issued_at is not null and state in ('inForce', 'suspended', 'notYetInForce')`,
            [certificateId],
          );
          expect(live[0]?.live).toBeLessThanOrEqual(1);
        },
      );
    },
    2 * STORY_MS,
  );

  function eventCommands(id: string) {
    const events = new ForceMajeureDriver(product());
    const asked = (answer: Promise<Answered>) => answer.then(answered);
    return {
      report: () => asked(events.act('operator1', id, 'report')),
      recogniseOwn: () => asked(events.act('operator1', id, 'recognise', { reason: '属实' })),
      recognise: () => asked(events.act('city', id, 'recognise', { reason: '属实' })),
      mark: () => asked(events.mark(id, {})),
      clear: () => asked(events.clear(id, events.now())),
      clearEarlier: () =>
        asked(events.clear(id, new Date(product().clock.now().getTime() - HOUR_MS).toISOString())),
      dispute: () => asked(events.dispute(id, events.now(), 'city')),
      settle: () => asked(events.clear(id, events.now(), 'city')),
      recur: () => asked(events.recur(id, events.now())),
      closeItem: async () => {
        const open = (await events.items(id)).find(({ state }) => state === 'open');
        if (open === undefined) return;
        await asked(events.closeItem(id, open.id, { kind: 'exception', reason: '已撤回' }));
      },
      close: () => asked(events.act('operator1', id, 'close')),
      twentyMinutes: async () => {
        product().clock.advance(TWENTY_MINUTES_MS);
        // Somebody who does nothing for half an hour is signed out.
        for (const name of ['operator1', 'city']) await events.event(id, name);
        await new PostgresForceMajeureLedger(product().foundation).settle(id);
      },
      reject: () => asked(events.act('city', id, 'reject', { reason: '可以预见' })),
    } satisfies Commands<string>;
  }

  it(
    'a force-majeure event keeps its clocks, is decided once by another person, and ends with its items',
    async () => {
      const events = new ForceMajeureDriver(product());
      later(HOUR_MS);
      await holds(
        async () => {
          const known = product().clock.now().getTime() - 4 * HOUR_MS + TWENTY_MINUTES_MS;
          const knownAt = new Date(known).toISOString();
          return (await events.declare({ occurredAt: knownAt, knownAt })).id;
        },
        eventCommands,
        Object.keys(eventCommands('')) as (keyof ReturnType<typeof eventCommands>)[],
        async (id, commands) => {
          const { report, recognise, clear, settle, closeItem, close } = commands;
          await eventually(
            'the event is at its end',
            async () => {
              for (const act of [report, recognise, clear, settle, closeItem, close]) await act();
              await new PostgresForceMajeureLedger(product().foundation).settle(id);
              return driver().rows<{ open: number }>(
                `select (select count(*)::int from force_majeure_item where event_id = e.id and state = 'open')
                   + (case when e.closed_at is null then 1 else 0 end) as open from force_majeure_event e where e.id = $1`,
                [id],
              );
            },
            ([row]) => row?.open === 0,
          );
        },
      );
    },
    2 * STORY_MS,
  );
});
