import { fictitiousCreditCode } from '../../main/demonstration/fictitious-codes';
import { unitId } from '../../main/demonstration/seed-units';
import { AgencyClient, issuanceBody, type Json } from './agency-client';
import type { FaultStack } from './fault-stack';
import { InsistentPerson } from './insistent-person';
import { declarationBody, EVIDENCE, nextVersion } from './life-bodies';
import { mustCome, type RegisterProbe } from './register-probe';

const WAIT_MS = 180_000;
const FIRST_SERIAL = 700_001;
const UNIT = 'bureau-150602';
/** A type of which nothing else is under way, so that no event holds what the other cases are about. */
const OTHER_TYPE = '11100000000013338W009';
const UNREGISTERED_CODE = fictitiousCreditCode('150602', 778, 'company');

const ANOMALY_STANDINGS = [
  'filed',
  'investigating',
  'awaitingEvidence',
  'replying',
  'awaitingReceipt',
] as const;
type AnomalyStanding = (typeof ANOMALY_STANDINGS)[number];
const EVENT_STANDINGS = ['declared', 'reported', 'recognised', 'recovering', 'clearanceDisputed'] as const;
type EventStanding = (typeof EVENT_STANDINGS)[number];

interface StandingChange {
  readonly id: string;
  readonly next: Json;
}

/** Cases of every other lifecycle that stand where only people lead them on, when Temporal forgets them. */
export class StandingLives {
  readonly #stack: FaultStack;
  readonly #probe: RegisterProbe;
  readonly #client: AgencyClient;
  readonly #people = new Map<string, InsistentPerson>();
  readonly #anomalies = new Map<AnomalyStanding, string>();
  readonly #events = new Map<EventStanding, string>();
  #reviewed: StandingChange | null = null;
  #sentBack: StandingChange | null = null;
  #pickup = '';
  #serial = FIRST_SERIAL;

  constructor(stack: FaultStack, probe: RegisterProbe) {
    this.#stack = stack;
    this.#probe = probe;
    this.#client = new AgencyClient(stack);
  }

  /** Out: the cases by where they stand. */
  async set(): Promise<Readonly<Record<string, string>>> {
    this.#reviewed = await this.#change();
    await this.#openTask(this.#reviewed.id);
    this.#sentBack = await this.#change();
    await this.#decideTask(await this.#openTask(this.#sentBack.id), 'sendBack');
    await this.#changeIs(this.#sentBack.id, 'sentBack');
    for (const standing of ANOMALY_STANDINGS) this.#anomalies.set(standing, await this.#anomaly(standing));
    for (const standing of EVENT_STANDINGS) this.#events.set(standing, await this.#event(standing));
    this.#pickup = await this.#awaitingPickup();
    return {
      'change.review': this.#reviewed.id,
      'change.sentBack': this.#sentBack.id,
      ...Object.fromEntries([...this.#anomalies].map(([standing, id]) => [`anomaly.${standing}`, id])),
      ...Object.fromEntries([...this.#events].map(([standing, id]) => [`forceMajeure.${standing}`, id])),
      'delivery.awaitingPickup': this.#pickup,
    };
  }

  /** People lead every case to its end. */
  async finish(): Promise<void> {
    const [reviewed, sentBack] = [this.#reviewed, this.#sentBack];
    if (reviewed === null || sentBack === null) throw new Error('nothing stands yet');
    await this.#decideTask(await this.#openTask(reviewed.id), 'approve');
    await this.#client.layDown(sentBack.next);
    await this.#client.insist('POST', `/api/v1/certificate-changes/${sentBack.id}/resubmit`, sentBack.next);
    for (const [standing, id] of this.#anomalies) await this.#endAnomaly(standing, id);
    for (const [standing, id] of this.#events) await this.#endEvent(standing, id);
    await this.#tellPortal(true);
    await this.#person('window1').must('POST', `/api/v1/deliveries/${this.#pickup}/retry`);
    await this.#changeIs(reviewed.id, 'done');
    await this.#changeIs(sentBack.id, 'done');
    await this.#comes('the end of every case', async () => (await this.#probe.openLives()) === 0);
  }

  async #issued(): Promise<{ readonly id: string; readonly body: Json }> {
    const body = issuanceBody(this.#nextSerial());
    const issuance = await this.#client.issue(body);
    await this.#comes('a certificate', async () => (await this.#probe.unfinished([issuance])) === 0);
    const [row] = await this.#probe.rows<{ id: string }>(
      'SELECT certificate_id AS id FROM certificate_version WHERE issuance_id = $1',
      [issuance],
    );
    return { id: row?.id ?? '', body };
  }

  #nextSerial(): number {
    this.#serial += 4;
    return this.#serial;
  }

  /** Without a record of the agency's a person must look at it (art. 8). */
  async #change(): Promise<StandingChange> {
    const { id, body } = await this.#issued();
    const next = nextVersion(body, { 车辆类型: '重型自卸货车' });
    const answer = await this.#client.insist('POST', `/api/v1/certificates/${id}/amendments`, next, {
      'Idempotency-Key': `standing-${id}`,
    });
    if (answer.status >= 400) throw new Error(`an amendment was refused: ${JSON.stringify(answer.body)}`);
    return { id: String(answer.body['id']), next };
  }

  async #openTask(changeId: string): Promise<string> {
    let taskId = '';
    await this.#comes(`a task of change ${changeId}`, async () => {
      const [task] = await this.#probe.rows<{ id: string }>(
        `SELECT id FROM task WHERE state IN ('open', 'claimed') AND (case_id = $1
           OR case_id IN (SELECT id FROM issuance WHERE certificate_change_id = $1))`,
        [changeId],
      );
      taskId = task?.id ?? '';
      return task !== undefined;
    });
    return taskId;
  }

  async #decideTask(taskId: string, decision: 'approve' | 'sendBack'): Promise<void> {
    const reviewer = this.#person('reviewer1');
    await reviewer.must('POST', `/api/v1/tasks/${taskId}/claim`);
    const reason = decision === 'approve' ? null : '请补充业务系统台账';
    await reviewer.must('POST', `/api/v1/tasks/${taskId}/decide`, { decision, reason });
  }

  #changeIs(changeId: string, state: string): Promise<void> {
    return this.#comes(
      `change ${changeId} is ${state}`,
      async () =>
        (await this.#probe.number('SELECT count(*) FROM certificate_change WHERE id = $1 AND state = $2', [
          changeId,
          state,
        ])) === 1,
    );
  }

  async #anomaly(standing: AnomalyStanding): Promise<string> {
    const certificate = await this.#issued();
    const { id } = await this.#person('company1').must(
      'POST',
      '/api/v1/anomaly-cases',
      {
        certificateId: certificate.id,
        claims: [{ field: '车辆类型', ground: 'accuracy', claimedValue: '重型普通货车' }],
        explanation: '与行驶证不符',
      },
      { 'Idempotency-Key': `standing-${certificate.id}` },
    );
    const act = this.#actAt(`/api/v1/anomaly-cases/${String(id)}`);
    switch (standing) {
      case 'filed':
        break;
      case 'investigating':
        await act('accept', {});
        break;
      case 'awaitingEvidence':
        await act('accept', {});
        await act('send-back', { reason: '请补充' });
        break;
      case 'replying':
      case 'awaitingReceipt':
        await act('accept', {});
        await act('decide', { decision: 'uphold', reason: '与业务档案一致' });
        if (standing === 'awaitingReceipt') await act('reply');
        break;
    }
    return String(id);
  }

  async #endAnomaly(standing: AnomalyStanding, id: string): Promise<void> {
    const path = `/api/v1/anomaly-cases/${id}`;
    const act = this.#actAt(path);
    const company = this.#person('company1');
    if (standing === 'filed') await act('accept', {});
    if (standing === 'awaitingEvidence')
      await company.must('POST', `${path}/supply-evidence`, { explanation: '见附件' });
    if (standing === 'filed' || standing === 'investigating' || standing === 'awaitingEvidence')
      await act('decide', { decision: 'uphold', reason: '与业务档案一致' });
    if (standing !== 'awaitingReceipt') await act('reply');
    await company.must('GET', `${path}/replies`);
  }

  #actAt(path: string): (name: string, body?: Json) => Promise<Json> {
    return (name, body) => this.#person('investigator1').must('POST', `${path}/${name}`, body);
  }

  async #event(standing: EventStanding): Promise<string> {
    const operator = this.#person('operator1');
    const { id } = await operator.must(
      'POST',
      '/api/v1/force-majeure-events',
      declarationBody([unitId(UNIT)], [OTHER_TYPE]),
      { 'Idempotency-Key': `standing-event-${standing}` },
    );
    await operator.must(
      'POST',
      `/api/v1/force-majeure-events/${String(id)}/items`,
      {
        operation: 'issue',
        subjectKind: 'businessNumber',
        authorityId: unitId(UNIT),
        catalogCode: OTHER_TYPE,
        reference: `not-submitted-${standing}`,
        cause: '网络中断，无法提交',
        since: new Date().toISOString(),
      },
      { 'Idempotency-Key': `standing-item-${standing}` },
    );
    await this.#leadEvent(String(id), 'declared', standing);
    return String(id);
  }

  /** From one state to another in their order. */
  async #leadEvent(id: string, from: EventStanding, to: EventStanding): Promise<void> {
    const path = `/api/v1/force-majeure-events/${id}`;
    const steps: Readonly<Record<EventStanding, () => Promise<unknown>>> = {
      declared: async () => undefined,
      reported: () => this.#person('operator1').must('POST', `${path}/report`),
      recognised: () => this.#person('city').must('POST', `${path}/recognise`, { reason: '情况属实' }),
      recovering: () => this.#person('operator1').must('POST', `${path}/clear`, clearedNow('设备恢复')),
      clearanceDisputed: () =>
        this.#person('city').must('POST', `${path}/dispute-clearance`, clearedNow('监控记录显示另一时间')),
    };
    const order = EVENT_STANDINGS.slice(EVENT_STANDINGS.indexOf(from) + 1, EVENT_STANDINGS.indexOf(to) + 1);
    for (const state of order) await steps[state]();
  }

  async #endEvent(standing: EventStanding, id: string): Promise<void> {
    const path = `/api/v1/force-majeure-events/${id}`;
    const operator = this.#person('operator1');
    if (standing === 'clearanceDisputed') {
      await this.#person('city').must('POST', `${path}/clear`, clearedNow('经核定'));
    } else await this.#leadEvent(id, standing, 'recovering');
    const items = await this.#probe.rows<{ id: string }>(
      `SELECT id FROM force_majeure_item WHERE event_id = $1 AND state = 'open'`,
      [id],
    );
    for (const item of items) {
      await operator.must('POST', `${path}/items/${item.id}/close`, {
        kind: 'exception',
        reason: '申请人不再办理',
      });
    }
    await operator.must('POST', `${path}/close`);
  }

  async #awaitingPickup(): Promise<string> {
    await this.#tellPortal(false);
    const body = issuanceBody(this.#nextSerial());
    const [holder] = Array.isArray(body['holders']) ? body['holders'] : [];
    const issuance = await this.#client.issue({
      ...body,
      holders: [{ ...(typeof holder === 'object' ? holder : {}), code: UNREGISTERED_CODE }],
    });
    let deliveryId = '';
    await this.#comes('a delivery that nobody fetches', async () => {
      const [delivery] = await this.#probe.rows<{ id: string }>(
        `SELECT d.id FROM delivery d JOIN certificate_version v ON v.id = d.certificate_version_id
         WHERE v.issuance_id = $1 AND d.state = 'awaitingPickup'`,
        [issuance],
      );
      deliveryId = delivery?.id ?? '';
      return delivery !== undefined;
    });
    return deliveryId;
  }

  async #tellPortal(registered: boolean): Promise<void> {
    await fetch(`${this.#stack.baseUrl('portal')}/control/accounts/${UNREGISTERED_CODE}`, {
      method: 'PUT',
      body: JSON.stringify({ registered }),
    });
  }

  #person(username: string): InsistentPerson {
    const person = this.#people.get(username) ?? new InsistentPerson(this.#stack, username);
    this.#people.set(username, person);
    return person;
  }

  async #comes(what: string, holds: () => Promise<boolean>): Promise<void> {
    await mustCome(what, holds, WAIT_MS, this.#stack.interrupted);
  }
}

function clearedNow(reason: string): Json {
  return { clearedAt: new Date().toISOString(), reason, evidence: EVIDENCE };
}
