import { fictitiousCreditCode } from '../../main/demonstration/fictitious-codes';
import { inParallel, issuanceBody, type Json } from './agency-client';
import { declareEvent, makeUpEvent } from './event-life';
import type { FaultStack } from './fault-stack';
import { nextVersion, statusBody } from './life-bodies';
import { LifeCast } from './life-cast';
import { leadObjection } from './objection-life';
import { startReceiptRelay } from './receipt-relay';
import type { RegisterProbe } from './register-probe';

/** Stories that run beside issuances while something is being broken. */
export const STORIES = [
  'suspension',
  'amendment',
  'renewal',
  'preemption',
  'corrected',
  'upheld',
  'lateReceipt',
  'transferred',
] as const;
export type Story = (typeof STORIES)[number];

const WIDTH = 6;
/** A company of its own whose receipts the portal sends later. */
export const LATE_HOLDER_CODE = fictitiousCreditCode('150602', 777, 'company');

export interface Lived {
  readonly stories: number;
  /** By story, those that came to the end that they must come to. */
  readonly ended: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly retries: number;
}

/** People and an agency who lead certificates through their lives, trying again whatever is not answered. */
export class Lives {
  readonly #cast: LifeCast;

  /** In: which run of this stack it is, so that serials and keys differ. */
  constructor(stack: FaultStack, probe: RegisterProbe, run: number, now = () => new Date()) {
    this.#cast = new LifeCast(stack, probe, run, now);
  }

  /** Leads so many of each story to their ends, beside a force-majeure event whose items are made up last. */
  async lead(each: number): Promise<Lived> {
    const relay = await startReceiptRelay(this.#cast.stack);
    try {
      await this.#lateReceipts(relay.url);
      return await this.#leadAll(each);
    } finally {
      relay.stop();
    }
  }

  async #leadAll(each: number): Promise<Lived> {
    const tasks = STORIES.flatMap((story, kind) =>
      Array.from({ length: each }, (_, index) => ({ story, index: kind * each + index })),
    );
    const ended: Record<string, number> = {};
    const problems: string[] = [];
    const event = declareEvent(this.#cast);
    event.catch(() => undefined);
    const order = spreadOut(tasks, each);
    await inParallel(
      order.map((_, index) => index),
      WIDTH,
      async (index) => {
        const task = order[index];
        if (task === undefined) return;
        try {
          await this.#tell(task.story, this.#cast.firstSerial + 4 * task.index + 1);
          ended[task.story] = (ended[task.story] ?? 0) + 1;
        } catch (fault) {
          problems.push(`${task.story} ${task.index}: ${sentence(fault)}`);
        }
      },
    );
    try {
      await makeUpEvent(this.#cast, await event);
      ended['forceMajeure'] = 1;
    } catch (fault) {
      problems.push(`force majeure: ${sentence(fault)}`);
    }
    return { stories: tasks.length + 1, ended, problems, retries: this.#cast.retries() };
  }

  async #tell(story: Story, serial: number): Promise<void> {
    const body = issuanceBody(serial);
    switch (story) {
      case 'suspension':
        return this.#suspended(await this.#cast.issued(body), body);
      case 'amendment':
        return this.#followed(
          await this.#cast.issued(body),
          'amendments',
          nextVersion(body, { 车辆类型: '重型自卸货车' }),
        );
      case 'renewal':
        return this.#followed(await this.#cast.issued(body), 'renewals', {
          ...nextVersion(body),
          validUntil: '2031-11-19',
        });
      case 'preemption':
        return this.#preempted(await this.#cast.issued(body), body);
      case 'corrected':
        return leadObjection(this.#cast, await this.#cast.issued(body), body, 'corrected');
      case 'upheld':
        return leadObjection(this.#cast, await this.#cast.issued(body), body, 'upheld');
      case 'lateReceipt':
        return this.#delivered(body);
      case 'transferred':
        return this.#reviewed(body);
    }
  }

  async #suspended(certificateId: string, body: Json): Promise<void> {
    for (const path of ['suspensions', 'resumptions'] as const) {
      const id = await this.#decide(certificateId, path, `${String(body['businessNumber'])}-${path}`);
      await this.#changeIs(id, 'done');
    }
  }

  async #followed(certificateId: string, path: string, next: Json): Promise<void> {
    await this.#cast.layDown(next);
    await this.#changeIs(await this.#ask(certificateId, path, next), 'done');
    const live = await this.#cast.row<{ version: string }>(
      `SELECT version FROM certificate_version WHERE certificate_id = $1 AND state = 'inForce'`,
      [certificateId],
    );
    if (live.version !== '002') throw new Error(`the live version is ${live.version}`);
  }

  /** Without a record an amendment waits for a reviewer; the revocation does not wait for it. */
  async #preempted(certificateId: string, body: Json): Promise<void> {
    const amendment = await this.#ask(
      certificateId,
      'amendments',
      nextVersion(body, { 车辆类型: '重型自卸货车' }),
    );
    const revocation = await this.#decide(
      certificateId,
      'revocations',
      `${String(body['businessNumber'])}-revoked`,
    );
    await this.#changeIs(revocation, 'done');
    await this.#changeIs(amendment, 'preempted');
  }

  async #delivered(body: Json): Promise<void> {
    const holders: readonly unknown[] = Array.isArray(body['holders']) ? body['holders'] : [];
    await this.#cast.issued({
      ...body,
      holders: holders.map((holder) => ({
        ...(typeof holder === 'object' ? holder : {}),
        code: LATE_HOLDER_CODE,
      })),
    });
  }

  /** Nobody laid a record down, so one reviewer takes the task and gives it to the other, who decides. */
  async #reviewed(body: Json): Promise<void> {
    const caseId = await this.#cast.client.submit(body);
    let taskId = '';
    await this.#cast.comes(`a task for ${caseId}`, async () => {
      const [task] = await this.#cast.probe.rows<{ id: string }>(
        `SELECT id FROM task WHERE case_id = $1 AND state = 'open'`,
        [caseId],
      );
      taskId = task?.id ?? '';
      return task !== undefined;
    });
    const path = `/api/v1/tasks/${taskId}`;
    const holder = async (username: string): Promise<boolean> =>
      (await this.#cast.probe.number(
        'SELECT count(*) FROM task t JOIN person p ON p.id = t.claimed_by WHERE t.id = $1 AND p.username = $2',
        [taskId, username],
      )) === 1;
    await this.#cast.person('reviewer1').act(`${path}/claim`, undefined, () => holder('reviewer1'));
    await this.#cast
      .person('reviewer1')
      .act(`${path}/transfer`, { toUsername: 'reviewer2', reason: '由其继续办理' }, () =>
        holder('reviewer2'),
      );
    await this.#cast
      .person('reviewer2')
      .act(
        `${path}/decide`,
        { decision: 'approve', reason: null },
        async () =>
          (await this.#cast.probe.number(`SELECT count(*) FROM task WHERE id = $1 AND state = 'decided'`, [
            taskId,
          ])) === 1,
      );
    await this.#cast.delivers(caseId);
  }

  /** A change as the agency's system asks for it. */
  async #ask(certificateId: string, path: string, body: Json): Promise<string> {
    const answer = await this.#cast.client.insist(
      'POST',
      `/api/v1/certificates/${certificateId}/${path}`,
      body,
      {
        'Idempotency-Key': `${this.#cast.run}-${path}-${certificateId}`,
      },
    );
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return String(answer.body['id']);
  }

  /** A change by a decision, as an operator enters it. */
  async #decide(certificateId: string, path: string, number: string): Promise<string> {
    const operator = this.#cast.person('operator1');
    const body = statusBody(number, await operator.upload('决定书.pdf'), this.#cast.now());
    const { id } = await operator.must('POST', `/api/v1/certificates/${certificateId}/${path}`, body, {
      'Idempotency-Key': `${this.#cast.run}-${path}-${certificateId}`,
    });
    return String(id);
  }

  #changeIs(changeId: string, state: string): Promise<void> {
    return this.#cast.comes(`change ${changeId} is ${state}`, async () => {
      const [change] = await this.#cast.probe.rows<{ state: string }>(
        'SELECT state FROM certificate_change WHERE id = $1',
        [changeId],
      );
      return change?.state === state;
    });
  }

  /** One company's receipts come by themselves. */
  async #lateReceipts(url: string): Promise<void> {
    for (const [path, value] of [
      ['callback', { url }],
      [`accounts/${LATE_HOLDER_CODE}`, { receipt: 'later' }],
    ] as const) {
      await fetch(`${this.#cast.stack.baseUrl('portal')}/control/${path}`, {
        method: 'PUT',
        body: JSON.stringify(value),
      });
    }
  }
}

/** One of each story after the other, so that all kinds run at once. */
function spreadOut(
  tasks: readonly { readonly story: Story; readonly index: number }[],
  each: number,
): readonly { readonly story: Story; readonly index: number }[] {
  return [...tasks].sort((one, other) => (one.index % each) - (other.index % each));
}

function sentence(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
