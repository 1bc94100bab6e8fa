import fc from 'fast-check';
import { CaseAnnouncements } from '../../../../adapters/postgres/case/case-announcements';
import { PromptStarts } from '../../../../adapters/postgres/case/prompt-starts';
import { PostgresDeliveryDesk } from '../../../../adapters/postgres/delivery/delivery-desk';
import { PostgresDeliveryLedger } from '../../../../adapters/postgres/delivery/delivery-ledger';
import { PostgresOfficeDesk } from '../../../../adapters/postgres/delivery/office-desk';
import { PostgresIssuanceDesk } from '../../../../adapters/postgres/issuance/issuance-desk';
import { openDeadline } from '../../../../adapters/postgres/sla/deadlines';
import { PostgresTaskDesk } from '../../../../adapters/postgres/task/task-desk';
import { isDeliveryClosed } from '../../../../domain/delivery/lifecycle';
import {
  ISSUANCE_OPERATIONS,
  type IssuanceOperation,
  isIssuanceFinal,
} from '../../../../domain/issuance/lifecycle';
import type { Role } from '../../../../domain/shared/principal';
import type { Conductor } from '../../../../ports/conductor';
import type { PortalAnswer } from '../../../../ports/delivery-channel';
import { clockFindings } from '../../../support/clock-findings';
import { LedgerLine, type LineCase } from '../../../support/ledger-line';
import { assignRole, INTEGRITY, NOON, person, SYSTEM } from '../../../support/register-rows';

const UNDO_MS = 10_000;
const HOUR_MS = 3_600_000;
const RUNS = 20;
const LONGEST = 30;
const PROPERTY_MS = 240_000;

/** Follow from the catalogue, from a certificate's end and from a second required seal, and are not commanded here. */
const NOT_COMMANDED: readonly IssuanceOperation[] = [
  'passWithoutReview',
  'reject',
  'preempt',
  'continueSealing',
];

/** Nobody conducts: every step is one of the commands. */
const NOBODY: Conductor = {
  start: async () => undefined,
  startAgain: async () => undefined,
  tell: async () => 'notRunning',
};

/** Whatever the product or people may do to a case, by name; what the case's state does not allow is refused. */
type Commands<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>;

describe('on the register, whatever is commanded in whatever order', () => {
  let line: LedgerLine;
  beforeAll(async () => {
    line = await LedgerLine.open();
  });
  afterAll(() => line.close());

  const rows = <Row>(sql: string, bindings: readonly unknown[] = []): Promise<readonly Row[]> =>
    line.register.within(
      SYSTEM,
      async (trx) => (await trx.raw<{ rows: Row[] }>(sql, [...bindings] as string[])).rows,
    );
  /** Of one case, because a smaller counterexample is sought beside those that were found. */
  const findings = async (caseId: string): Promise<readonly string[]> =>
    (await clockFindings((sql) => rows(sql))).filter((finding) => finding.includes(caseId));
  const stateOf = async <State extends string>(table: string, id: string): Promise<State> => {
    const [row] = await rows<{ state: State }>(`SELECT state FROM ${table} WHERE id = ?`, [id]);
    if (row === undefined) throw new Error(`no row ${id}`);
    return row.state;
  };
  const staff = ({ authorityId }: LineCase, personId: string, ...roles: readonly Role[]) =>
    person({ personId, authorityId, roles: [...roles], scope: { authorityIds: [authorityId] } });

  /** The operator of every case also became a reviewer and a window clerk: that must not help him. */
  async function aCase(): Promise<LineCase> {
    line.clock.moveTo(NOON);
    const one = await line.aCase({ reviewPolicy: { kind: 'always' } });
    await line.register.within(SYSTEM, async (trx) => {
      for (const role of ['operator', 'reviewer', 'windowClerk'] as const) {
        await assignRole(trx, one.operatorId, role, { authority_id: one.authorityId });
      }
      await openDeadline(trx, INTEGRITY, {
        caseKind: 'issuance',
        caseId: one.issuanceId,
        key: 'SYNCHRONISED_ISSUANCE',
        round: 1,
        authorityId: one.authorityId,
        trade: 'transport',
        startAt: line.clock.now(),
      });
    });
    return one;
  }

  const tasks = () =>
    new PostgresTaskDesk({
      ...line.options,
      undoMs: UNDO_MS,
      drawDraft: async () => Buffer.alloc(0),
    });

  function issuanceCommands(one: LineCase) {
    const { issuanceId: id } = one;
    const { issuance, production, sealing } = line;
    const operator = staff(one, one.operatorId, 'operator', 'reviewer');
    const reviewer = staff(one, one.reviewerId, 'reviewer');
    const desk = new PostgresIssuanceDesk({
      ...line.options,
      starts: new PromptStarts({ ...line.options, conductor: NOBODY, reportFault: () => undefined }),
      announcements: new CaseAnnouncements(''),
      publicUrl: 'https://ecert.test',
    });
    const task = async (): Promise<string> => {
      const [newest] = await rows<{ id: string }>(
        'SELECT id FROM task WHERE case_id = ? ORDER BY round DESC LIMIT 1',
        [id],
      );
      return newest?.id ?? id;
    };
    const decide = (decision: 'approve' | 'sendBack' | 'refuse') => async () => {
      await tasks().claim(reviewer, await task());
      return tasks().decide(reviewer, await task(), decision, '经审核');
    };
    return {
      admit: () => issuance.admit(id),
      compare: () => issuance.recordComparison(id, { outcome: 'same', differences: [] }),
      waitForAgency: () => issuance.noteWaiting(id, 'agencyUnavailable'),
      openReview: () => issuance.openReview(id),
      claim: async () => tasks().claim(reviewer, await task()),
      operatorTakesIt: async () => {
        await tasks().claim(operator, await task());
        return tasks().decide(operator, await task(), 'approve', null);
      },
      release: async () => tasks().release(reviewer, await task()),
      approve: decide('approve'),
      sendBack: decide('sendBack'),
      refuse: decide('refuse'),
      undo: async () => tasks().undo(reviewer, await task()),
      settle: () => issuance.settleReview(id),
      resubmit: async () => {
        const { rules, request } = await issuance.load(id);
        const uniquenessKey = `again-${id}`;
        return desk.resubmit(operator, id, { rules, request, origin: 'form', uniquenessKey });
      },
      prepare: () => line.prepare(id),
      noSeal: () => production.awaitSeal(id, 'sealStopped'),
      stopProduction: () => production.stopProduction(id, 'glyphMissing', '字库中没有“𠅤”'),
      redeem: () => line.redeem(id),
      seal: () => sealing.completeSealing(id),
      issue: () => sealing.issue(id),
      rarelyWithdraw: () => desk.withdraw(operator, id, '申请人撤回'),
      wait: async () => line.clock.advance(UNDO_MS),
      anHour: async () => {
        line.clock.advance(HOUR_MS);
        return issuance.confirmDeadline(id);
      },
    } satisfies Commands<string>;
  }

  /** What people and the product do to bring a case to its end, wherever it stands. */
  async function finishIssuance(one: LineCase): Promise<void> {
    const commands = issuanceCommands(one);
    const { issuance } = line;
    for (let turns = 0; !isIssuanceFinal(await stateOf('issuance', one.issuanceId)); turns += 1) {
      if (turns > LONGEST) throw new Error(`a case stays ${await stateOf('issuance', one.issuanceId)}`);
      for (const name of ['resubmit', 'admit', 'compare', 'openReview', 'approve', 'wait'] as const) {
        await commands[name]();
      }
      await issuance.settleReview(one.issuanceId);
      for (const name of ['prepare', 'redeem', 'seal', 'issue'] as const) await commands[name]();
    }
  }

  type IssuanceCommand = keyof ReturnType<typeof issuanceCommands>;
  const TO_REVIEW: readonly IssuanceCommand[] = ['admit', 'compare', 'openReview'];
  const TO_PRODUCTION: readonly IssuanceCommand[] = [...TO_REVIEW, 'approve', 'wait', 'settle'];
  const IN_PRODUCTION = ['prepare', 'noSeal', 'stopProduction', 'redeem', 'seal', 'issue'] as const;

  /** What was found wrong once: the second wait for a seal had no clock; who came late put a sealed case to wait for ever. */
  const FOUND: readonly (readonly IssuanceCommand[])[] = [
    [...TO_PRODUCTION, 'noSeal', 'prepare', 'noSeal'],
    [...TO_PRODUCTION, 'prepare', 'redeem', 'noSeal'],
  ];
  /** So that no operation of the table is left out by chance. */
  const EACH: readonly (readonly IssuanceCommand[])[] = [
    [...TO_REVIEW, 'refuse', 'wait', 'settle'],
    [...TO_REVIEW, 'sendBack', 'wait', 'settle', 'resubmit'],
    [...TO_PRODUCTION, 'stopProduction', 'resubmit', 'rarelyWithdraw'],
  ];

  /** From the beginning, from the review or from the production on: otherwise few sequences ever come so far. */
  function issuanceSequences(names: readonly IssuanceCommand[]): fc.Arbitrary<readonly IssuanceCommand[]> {
    const often = fc.constantFrom(...names.filter((name) => name !== 'rarelyWithdraw'));
    const any = fc.constantFrom(...names);
    const production = fc.constantFrom(...IN_PRODUCTION);
    const starts = [
      fc.tuple(fc.constant([]), fc.array(often, { maxLength: LONGEST })),
      fc.tuple(fc.constant(TO_REVIEW), fc.array(often, { maxLength: LONGEST })),
      fc.tuple(fc.constant(TO_PRODUCTION), fc.array(production, { minLength: 6, maxLength: LONGEST / 2 })),
    ];
    return fc
      .tuple(fc.oneof(...starts), fc.array(any, { maxLength: LONGEST / 3 }))
      .map(([[start, middle], end]) => [...start, ...middle, ...end]);
  }

  it(
    'an issuance keeps the clocks of its state, is decided once a round, never by its operator, and ends',
    async () => {
      const names = Object.keys(issuanceCommands({} as LineCase)) as IssuanceCommand[];
      await fc.assert(
        fc.asyncProperty(issuanceSequences(names), async (sequence) => {
          const one = await aCase();
          const commands = issuanceCommands(one);
          for (const name of sequence) {
            await commands[name]();
            expect([name, await findings(one.issuanceId)]).toEqual([name, []]);
          }
          await finishIssuance(one);
          expect(await findings(one.issuanceId)).toEqual([]);
        }),
        { numRuns: 2 * RUNS, examples: [...FOUND, ...EACH].map((sequence) => [sequence]) },
      );
      const happened = await rows<{ kind: string }>(
        `SELECT DISTINCT kind FROM event WHERE case_kind = 'issuance'`,
      );
      const byCommand = ISSUANCE_OPERATIONS.filter((name) => !NOT_COMMANDED.includes(name));
      expect(happened.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(byCommand.map((name) => `issuance.${name}`)),
      );
    },
    PROPERTY_MS,
  );

  function deliveryCommands(one: LineCase, id: string, attachmentId: string) {
    const ledger = new PostgresDeliveryLedger(line.options);
    const answer = (said: PortalAnswer) => () => ledger.recordAnswer(id, said);
    const receipt = { kind: 'delivered', receipt: `R-${id}`, proof: '{"proof":true}' } as const;
    const desk = new PostgresDeliveryDesk({ ...line.options, receipts: { read: () => receipt } });
    const office = new PostgresOfficeDesk(line.options);
    const window = staff(one, one.operatorId, 'operator', 'windowClerk');
    const reviewer = staff(one, one.reviewerId, 'reviewer');
    const exemption = { legalBasis: '《某法》第十条', documentNumber: null, reason: '涉及未公开信息' };
    return {
      rarelyDelivered: answer(receipt),
      accepted: answer({ kind: 'accepted' }),
      notRegistered: answer({ kind: 'notRegistered' }),
      wrongPerson: answer({ kind: 'wrongPerson', reason: '身份不符' }),
      fault: () => ledger.recordFault(id, '门户无应答'),
      settle: () => ledger.settle(id),
      retry: () => office.retryDelivery(window, id),
      pickUp: () =>
        desk.pickUp(window, id, {
          kind: 'agent',
          name: '乌云',
          code: '150699198503120121',
          authorisationAttachmentId: attachmentId,
        }),
      rarelyExempt: () => desk.exempt(reviewer, id, exemption),
      lateReceipt: () =>
        desk.takeReceipt(id, { receipt: receipt.receipt, proof: receipt.proof, proofSignature: '' }),
      aDay: async () => {
        line.clock.advance(24 * HOUR_MS);
        return ledger.settle(id);
      },
    } satisfies Commands<string>;
  }

  it(
    'a delivery keeps the office’s clock and the law’s until the holder has it, arrives once, and ends',
    async () => {
      const names = Object.keys(deliveryCommands({} as LineCase, '', '')) as (keyof ReturnType<
        typeof deliveryCommands
      >)[];
      const few = names.filter((name) => !name.startsWith('rarely') && name !== 'lateReceipt');
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...few), { minLength: 4, maxLength: LONGEST / 2 }),
          fc.array(fc.constantFrom(...names), { maxLength: LONGEST / 2 }),
          async (before, after) => {
            const { one, id, attachmentId } = await anIssuedCase();
            const commands = deliveryCommands(one, id, attachmentId);
            for (const name of [...before, ...after]) {
              await commands[name]();
              expect([name, await findings(id)]).toEqual([name, []]);
            }
            if (!isDeliveryClosed(await stateOf('delivery', id))) {
              await commands.retry();
              await commands.rarelyDelivered();
            }
            expect(isDeliveryClosed(await stateOf('delivery', id))).toBe(true);
            expect(await findings(id)).toEqual([]);
          },
        ),
        { numRuns: RUNS },
      );
    },
    PROPERTY_MS,
  );

  /** An administrative licence that is issued, its delivery, and the paper that an agent brings. */
  async function anIssuedCase() {
    line.clock.moveTo(NOON);
    const one = await line.aCase({ administrativeLicence: true });
    await line.register.within(SYSTEM, (trx) =>
      assignRole(trx, one.operatorId, 'windowClerk', { authority_id: one.authorityId }),
    );
    await line.issued(one);
    const [delivery] = await rows<{ id: string }>('SELECT id FROM delivery WHERE authority_id = ?', [
      one.authorityId,
    ]);
    const [attachment] = await rows<{ id: string }>(
      `INSERT INTO attachment (authority_id, digest, file_name_cipher, media_type, uploaded_by, uploaded_at)
       SELECT ?, digest, '\\x00', 'application/pdf', 'test', now() FROM stored_file LIMIT 1 RETURNING id`,
      [one.authorityId],
    );
    return { one, id: delivery?.id ?? '', attachmentId: attachment?.id ?? '' };
  }
});
