import { fictitiousCreditCode } from '../../main/demonstration/fictitious-codes';
import { unitId } from '../../main/demonstration/seed-units';
import { AgencyClient, faceOf, inParallel, issuanceBody, type Json } from './agency-client';
import type { FaultStack } from './fault-stack';
import { InsistentPerson } from './insistent-person';
import { declarationBody, EVIDENCE, nextVersion, statusBody } from './life-bodies';
import { mustCome, type RegisterProbe } from './register-probe';

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
const STEP_MS = 420_000;
const MARKED_ITEMS = 3;
const ROAD_TRANSPORT = '11100000000019713D013';
const UNIT = 'bureau-150602';
/** Far from the serials of issuances; only 道路运输证, which are not every fourth. */
const FIRST_SERIAL = 600_000;
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
  readonly #stack: FaultStack;
  readonly #probe: RegisterProbe;
  readonly #client: AgencyClient;
  readonly #people = new Map<string, InsistentPerson>();
  readonly #now: () => Date;
  readonly #run: string;
  readonly #firstSerial: number;

  /** In: which run of this stack it is, so that serials and keys differ. */
  constructor(stack: FaultStack, probe: RegisterProbe, run: number, now = () => new Date()) {
    this.#stack = stack;
    this.#probe = probe;
    this.#now = now;
    this.#client = new AgencyClient(stack, undefined, () => Math.floor(now().getTime() / 1000));
    this.#run = `life-${run}`;
    this.#firstSerial = FIRST_SERIAL + 20_000 * run;
  }

  /** Leads so many of each story to their ends, beside a force-majeure event whose items are made up last. */
  async lead(each: number): Promise<Lived> {
    await this.#lateReceipts();
    const tasks = STORIES.flatMap((story, kind) =>
      Array.from({ length: each }, (_, index) => ({ story, index: kind * each + index })),
    );
    const ended: Record<string, number> = {};
    const problems: string[] = [];
    const event = this.#declare();
    const order = spreadOut(tasks, each);
    await inParallel(
      order.map((_, index) => index),
      WIDTH,
      async (index) => {
        const task = order[index];
        if (task === undefined) return;
        try {
          await this.#tell(task.story, this.#firstSerial + 4 * task.index + 1);
          ended[task.story] = (ended[task.story] ?? 0) + 1;
        } catch (fault) {
          problems.push(`${task.story} ${task.index}: ${sentence(fault)}`);
        }
      },
    );
    try {
      await this.#makeUp(await event, tasks.length);
      ended['forceMajeure'] = 1;
    } catch (fault) {
      problems.push(`force majeure: ${sentence(fault)}`);
    }
    const retries = [...this.#people.values()].reduce((sum, person) => sum + person.retries, 0);
    return { stories: tasks.length + 1, ended, problems, retries: retries + this.#client.retries };
  }

  async #tell(story: Story, serial: number): Promise<void> {
    const body = issuanceBody(serial);
    switch (story) {
      case 'suspension':
        return this.#suspended(await this.#issued(body), body);
      case 'amendment':
        return this.#followed(
          await this.#issued(body),
          'amendments',
          nextVersion(body, { 车辆类型: '重型自卸货车' }),
        );
      case 'renewal':
        return this.#followed(await this.#issued(body), 'renewals', {
          ...nextVersion(body),
          validUntil: '2031-11-19',
        });
      case 'preemption':
        return this.#preempted(await this.#issued(body), body);
      case 'corrected':
        return this.#objected(await this.#issued(body), body, 'corrected');
      case 'upheld':
        return this.#objected(await this.#issued(body), body, 'upheld');
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
    await this.#layDown(next);
    await this.#changeIs(await this.#ask(certificateId, path, next), 'done');
    const live = await this.#ask1<{ version: string }>(
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

  async #objected(certificateId: string, body: Json, conclusion: 'corrected' | 'upheld'): Promise<void> {
    const { id } = await this.person('company1').must(
      'POST',
      '/api/v1/anomaly-cases',
      {
        certificateId,
        claims: [{ field: '车辆类型', ground: 'accuracy', claimedValue: '重型普通货车' }],
        explanation: '与行驶证不符',
      },
      { 'Idempotency-Key': `${this.#run}-objection-${certificateId}` },
    );
    const caseId = String(id);
    const path = `/api/v1/anomaly-cases/${caseId}`;
    const investigator = this.person('investigator1');
    const past = (...states: readonly string[]) => this.#caseIsPast(caseId, states);
    await investigator.act(`${path}/accept`, {}, past('filed'));
    if (conclusion === 'corrected') {
      const corrections = { 车辆类型: '重型普通货车' };
      await this.#layDown({ ...body, face: { ...faceOf(body), ...corrections } });
      await investigator.act(
        `${path}/decide`,
        { decision: 'correct', reason: '与行驶证不符', corrections },
        past('filed', 'investigating'),
      );
    } else {
      await investigator.act(
        `${path}/decide`,
        { decision: 'uphold', reason: '与业务档案一致' },
        past('filed', 'investigating'),
      );
    }
    await this.#comes(`anomaly case ${caseId} is settled`, past('filed', 'investigating', 'correcting'));
    await investigator.act(
      `${path}/reply`,
      undefined,
      past('filed', 'investigating', 'correcting', 'replying'),
    );
    await this.person('company1').must('GET', `${path}/replies`);
    await this.#comes(`anomaly case ${caseId} is closed`, async () => {
      const row = await this.#ask1<{ state: string; conclusion: string }>(
        'SELECT state, conclusion FROM anomaly_case WHERE id = $1',
        [caseId],
      );
      return row.state === 'closed' && row.conclusion === conclusion;
    });
  }

  #caseIsPast(caseId: string, states: readonly string[]): () => Promise<boolean> {
    return async () => {
      const row = await this.#ask1<{ state: string }>('SELECT state FROM anomaly_case WHERE id = $1', [
        caseId,
      ]);
      return !states.includes(row.state);
    };
  }

  async #delivered(body: Json): Promise<void> {
    const holders: readonly unknown[] = Array.isArray(body['holders']) ? body['holders'] : [];
    await this.#issued({
      ...body,
      holders: holders.map((holder) => ({
        ...(typeof holder === 'object' ? holder : {}),
        code: LATE_HOLDER_CODE,
      })),
    });
  }

  /** Nobody laid a record down, so one reviewer takes the task and gives it to the other, who decides. */
  async #reviewed(body: Json): Promise<void> {
    const caseId = await this.#client.submit(body);
    let taskId = '';
    await this.#comes(`a task for ${caseId}`, async () => {
      const [task] = await this.#probe.rows<{ id: string }>(
        `SELECT id FROM task WHERE case_id = $1 AND state = 'open'`,
        [caseId],
      );
      taskId = task?.id ?? '';
      return task !== undefined;
    });
    const path = `/api/v1/tasks/${taskId}`;
    const holder = async (username: string): Promise<boolean> =>
      (await this.#probe.number(
        'SELECT count(*) FROM task t JOIN person p ON p.id = t.claimed_by WHERE t.id = $1 AND p.username = $2',
        [taskId, username],
      )) === 1;
    await this.person('reviewer1').act(`${path}/claim`, undefined, () => holder('reviewer1'));
    await this.person('reviewer1').act(
      `${path}/transfer`,
      { toUsername: 'reviewer2', reason: '由其继续办理' },
      () => holder('reviewer2'),
    );
    await this.person('reviewer2').act(
      `${path}/decide`,
      { decision: 'approve', reason: null },
      async () =>
        (await this.#probe.number(`SELECT count(*) FROM task WHERE id = $1 AND state = 'decided'`, [
          taskId,
        ])) === 1,
    );
    await this.#delivers(caseId);
  }

  /** Declared, reported, recognised, with numbers that could not be submitted. Out: the event's id. */
  async #declare(): Promise<string> {
    const operator = this.person('operator1');
    const { id } = await operator.must(
      'POST',
      '/api/v1/force-majeure-events',
      declarationBody([unitId(UNIT)], [ROAD_TRANSPORT], this.#now()),
      { 'Idempotency-Key': `${this.#run}-flood` },
    );
    const path = `/api/v1/force-majeure-events/${String(id)}`;
    await operator.act(`${path}/report`, undefined, this.#eventIsPast(String(id), ['declared']));
    await this.person('city').act(
      `${path}/recognise`,
      { reason: '情况属实' },
      this.#eventIsPast(String(id), ['declared', 'reported']),
    );
    for (let index = 0; index < MARKED_ITEMS; index += 1) {
      await operator.must(
        'POST',
        `${path}/items`,
        {
          operation: 'issue',
          subjectKind: 'businessNumber',
          authorityId: unitId(UNIT),
          catalogCode: ROAD_TRANSPORT,
          reference: String(this.#held(index)['businessNumber']),
          cause: '网络中断，无法提交',
          since: this.#now().toISOString(),
        },
        { 'Idempotency-Key': `${this.#run}-item-${index}` },
      );
    }
    return String(id);
  }

  /** The fault is over: what could not be submitted is, and the event is closed when nothing of it is open. */
  async #makeUp(eventId: string, stories: number): Promise<void> {
    const path = `/api/v1/force-majeure-events/${eventId}`;
    const operator = this.person('operator1');
    await operator.act(
      `${path}/clear`,
      { clearedAt: this.#now().toISOString(), reason: '设备恢复', evidence: EVIDENCE },
      this.#eventIsPast(eventId, ['declared', 'reported', 'recognised']),
    );
    for (let index = 0; index < MARKED_ITEMS; index += 1) await this.#issued(this.#held(index));
    if (stories === 0) return;
    await operator.act(
      `${path}/close`,
      undefined,
      this.#eventIsPast(eventId, ['declared', 'reported', 'recognised', 'recovering']),
      (code) => code === 'itemsStillOpen',
    );
  }

  #held(index: number): Json {
    return issuanceBody(this.#firstSerial + 19_001 + 4 * index);
  }

  #eventIsPast(eventId: string, states: readonly string[]): () => Promise<boolean> {
    return async () => {
      const row = await this.#ask1<{ state: string }>('SELECT state FROM force_majeure_event WHERE id = $1', [
        eventId,
      ]);
      return !states.includes(row.state);
    };
  }

  person(username: string): InsistentPerson {
    const person = this.#people.get(username) ?? new InsistentPerson(this.#stack, username);
    this.#people.set(username, person);
    return person;
  }

  /** Submits, with the agency's own record, until it is issued and delivered. Out: the certificate's id. */
  async #issued(body: Json): Promise<string> {
    await this.#layDown(body);
    return this.#delivers(await this.#client.submit(body));
  }

  async #delivers(issuanceId: string): Promise<string> {
    await this.#comes(
      `issuance ${issuanceId} is issued and delivered`,
      async () => (await this.#open(issuanceId)) === 0,
    );
    const { id } = await this.#ask1<{ id: string }>(
      'SELECT certificate_id AS id FROM certificate_version WHERE issuance_id = $1 AND issued_at IS NOT NULL',
      [issuanceId],
    );
    return id;
  }

  #open(issuanceId: string): Promise<number> {
    return this.#probe.number(
      `SELECT count(*) FROM issuance i WHERE id = $1 AND (state <> 'issued' OR EXISTS (
         SELECT 1 FROM delivery d WHERE d.certificate_version_id = i.certificate_version_id AND d.state <> 'delivered'))`,
      [issuanceId],
    );
  }

  /** A change as the agency's system asks for it. */
  async #ask(certificateId: string, path: string, body: Json): Promise<string> {
    const answer = await this.#client.insist('POST', `/api/v1/certificates/${certificateId}/${path}`, body, {
      'Idempotency-Key': `${this.#run}-${path}-${certificateId}`,
    });
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return String(answer.body['id']);
  }

  /** A change by a decision, as an operator enters it. */
  async #decide(certificateId: string, path: string, number: string): Promise<string> {
    const operator = this.person('operator1');
    const body = statusBody(number, await operator.upload('决定书.pdf'), this.#now());
    const { id } = await operator.must('POST', `/api/v1/certificates/${certificateId}/${path}`, body, {
      'Idempotency-Key': `${this.#run}-${path}-${certificateId}`,
    });
    return String(id);
  }

  #changeIs(changeId: string, state: string): Promise<void> {
    return this.#comes(`change ${changeId} is ${state}`, async () => {
      const [change] = await this.#probe.rows<{ state: string }>(
        'SELECT state FROM certificate_change WHERE id = $1',
        [changeId],
      );
      return change?.state === state;
    });
  }

  async #ask1<Row extends object>(statement: string, values: readonly unknown[]): Promise<Row> {
    let found: Row | undefined;
    await this.#comes(statement, async () => {
      [found] = await this.#probe.rows<Row>(statement, values);
      return found !== undefined;
    });
    if (found === undefined) throw new Error(`nothing found by ${statement}`);
    return found;
  }

  async #layDown(body: Json): Promise<void> {
    await this.#comes('the record of the agency', async () => {
      await this.#client.layDown(body);
      return true;
    });
  }

  async #comes(what: string, holds: () => Promise<boolean>): Promise<void> {
    await mustCome(what, holds, STEP_MS, this.#stack.interrupted);
  }

  /** One company's receipts come by themselves, to the first API. */
  async #lateReceipts(): Promise<void> {
    for (const [path, value] of [
      ['callback', { url: `${this.#stack.baseUrl('api')}/api/v1` }],
      [`accounts/${LATE_HOLDER_CODE}`, { receipt: 'later' }],
    ] as const) {
      await fetch(`${this.#stack.baseUrl('portal')}/control/${path}`, {
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
