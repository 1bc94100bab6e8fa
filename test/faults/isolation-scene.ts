import { personId } from '../../main/demonstration/seed-accounts';
import { unitId } from '../../main/demonstration/seed-units';
import { AgencyClient, type Json, sample } from './agency-client';
import type { FaultRun } from './fault-result';
import type { FaultStack } from './fault-stack';
import {
  NEIGHBOUR_SECRET,
  NEIGHBOURS,
  type Neighbour,
  neighbourBody,
  seedNeighbours,
} from './isolation-world';
import { declarationBody, legalDay, statusBody } from './life-bodies';
import { itemsOf, PersonClient } from './person-client';
import { mustCome, type RegisterProbe } from './register-probe';

const WAIT_MS = 300_000;
const SAMPLES = ['道路运输证', '不动产权证书', '建筑工程施工许可证'] as const;
const PER_NEIGHBOUR = 2;
const TRANSPORT: readonly string[] = ['transport-150622', 'transport-150621'];

/**
 * Cases, certificates, tasks, drafts, deliveries, notices, reports, changes, objections, events, papers and appointments at
 * five authorities. Out: holders' codes by case.
 */
export async function setTheScene(
  { interrupted }: FaultRun,
  stack: FaultStack,
  probe: RegisterProbe,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { deps, close } = await stack.foundationDeps();
  await seedNeighbours(deps);
  await close();
  const holders = new Map<string, readonly string[]>();
  const own = new AgencyClient(stack);
  const issued: string[] = [];
  const submit = async (client: AgencyClient, body: Json, withRecord: boolean): Promise<void> => {
    if (withRecord) await client.layDown(body);
    const id = await client.submit(body);
    holders.set(id, holderCodes(body));
    issued.push(id);
  };
  for (const name of SAMPLES) await submit(own, sample(name), true);
  for (const neighbour of NEIGHBOURS) {
    const client = new AgencyClient(stack, { keyId: neighbour.agencyKeyId, secret: NEIGHBOUR_SECRET });
    for (let serial = 1; serial <= PER_NEIGHBOUR; serial += 1)
      await submit(client, neighbourBody(neighbour, serial), false);
  }
  const reviewed = await casesOfOperators(stack, holders);
  await mustCome(
    'the end of the cases',
    async () =>
      (await probe.unfinished(issued)) === 0 &&
      (await probe.number(`SELECT count(*) FROM task WHERE case_id = ANY ($1::uuid[]) AND state = 'open'`, [
        reviewed,
      ])) === reviewed.length,
    WAIT_MS,
    interrupted,
  );
  for (const neighbour of NEIGHBOURS.filter(({ unitKey }) => TRANSPORT.includes(unitKey)))
    await lifeAt(stack, probe, neighbour, interrupted);
  await eventOfTwoUnits(stack);
  return holders;
}

/** An operator's form goes to a reviewer of the same authority, and a draft stays with the operator alone. */
async function casesOfOperators(
  stack: FaultStack,
  holders: Map<string, readonly string[]>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const neighbour of NEIGHBOURS) {
    const operator = await PersonClient.signIn(stack.baseUrl('api'), `operator-${neighbour.unitKey}`);
    const body = neighbourBody(neighbour, PER_NEIGHBOUR + 1);
    const { id } = await operator.must('POST', '/api/v1/issuances', body, {
      'Idempotency-Key': `form-${neighbour.unitKey}`,
    });
    holders.set(String(id), holderCodes(body));
    ids.push(String(id));
    await operator.must(
      'POST',
      '/api/v1/issuance-drafts',
      { catalogCode: neighbour.catalogCode, body: { businessNumber: `draft-${neighbour.unitKey}` } },
      { 'Idempotency-Key': `draft-${neighbour.unitKey}` },
    );
  }
  return ids;
}

/** What happens at one neighbour after its certificates are issued: a change, an objection, an event, an appointment. */
async function lifeAt(
  stack: FaultStack,
  probe: RegisterProbe,
  neighbour: Neighbour,
  interrupted: AbortSignal,
): Promise<void> {
  const { unitKey, catalogCode } = neighbour;
  const operator = await PersonClient.signIn(stack.baseUrl('api'), `operator-${unitKey}`);
  const certificates = await probe.rows<{ id: string }>(
    `SELECT c.id FROM certificate c JOIN certificate_version v ON v.certificate_id = c.id
     WHERE c.authority_id = $1 AND v.state = 'inForce' ORDER BY c.id`,
    [unitId(unitKey)],
  );
  const [suspended, disputed] = certificates;
  if (suspended === undefined || disputed === undefined) throw new Error(`${unitKey} has issued too little`);
  const decision = await operator.upload('决定书.pdf');
  await operator.must(
    'POST',
    `/api/v1/certificates/${suspended.id}/suspensions`,
    statusBody(`suspended-${unitKey}`, decision),
    { 'Idempotency-Key': `suspend-${unitKey}` },
  );
  await object(stack, disputed.id, `operator-${unitKey}`, `investigator-${unitKey}`);
  const event = await operator.must(
    'POST',
    '/api/v1/force-majeure-events',
    declarationBody([unitId(unitKey)], [catalogCode]),
    { 'Idempotency-Key': `flood-${unitKey}` },
  );
  const path = `/api/v1/force-majeure-events/${String(event['id'])}`;
  await operator.must('POST', `${path}/report`);
  await operator.must(
    'POST',
    `${path}/items`,
    {
      operation: 'issue',
      subjectKind: 'businessNumber',
      authorityId: unitId(unitKey),
      catalogCode,
      reference: `not-submitted-${unitKey}`,
      cause: '网络中断，无法提交',
      since: new Date().toISOString(),
    },
    { 'Idempotency-Key': `item-${unitKey}` },
  );
  await appoint(stack, unitKey);
  await collect(stack, neighbour);
  await mustCome(
    'the suspension',
    async () => (await probe.number(`SELECT count(*) FROM certificate_change WHERE closed_at IS NULL`)) === 0,
    WAIT_MS,
    interrupted,
  );
}

/** Somebody objects with a file of evidence, it is upheld, and the objector gets his paper. */
async function object(
  stack: FaultStack,
  certificateId: string,
  objectorName: string,
  investigatorName: string,
): Promise<void> {
  const objector = await PersonClient.signIn(stack.baseUrl('api'), objectorName);
  const investigator = await PersonClient.signIn(stack.baseUrl('api'), investigatorName);
  const { id } = await objector.must(
    'POST',
    '/api/v1/anomaly-cases',
    {
      certificateId,
      claims: [{ field: '车辆类型', ground: 'accuracy', claimedValue: '重型普通货车' }],
      explanation: '与行驶证不符',
      attachmentIds: [await objector.upload('行驶证.pdf')],
    },
    { 'Idempotency-Key': `objection-${certificateId}` },
  );
  const path = `/api/v1/anomaly-cases/${String(id)}`;
  await investigator.must('POST', `${path}/accept`, {});
  await investigator.must('POST', `${path}/decide`, { decision: 'uphold', reason: '经核查无误' });
  await investigator.must('POST', `${path}/reply`);
}

/** The city enters what two units told it by telephone: each of them sees it, no other unit does. */
async function eventOfTwoUnits(stack: FaultStack): Promise<void> {
  const city = await PersonClient.signIn(stack.baseUrl('api'), 'city');
  const [catalogCode] = NEIGHBOURS.map((one) => one.catalogCode);
  if (catalogCode === undefined) throw new Error('there are no neighbours');
  const body = declarationBody(TRANSPORT.map(unitId), [catalogCode]);
  await city.must(
    'POST',
    '/api/v1/force-majeure-events',
    {
      ...body,
      telephoneReport: { calledAt: body['knownAt'], caller: '值班员', receivedBy: '市级值班员' },
    },
    { 'Idempotency-Key': 'flood-of-two' },
  );
}

/** A unit that owes daily increments has a day, an upload with a row that is sent back, and a count. */
async function collect(stack: FaultStack, { unitKey, catalogCode }: Neighbour): Promise<void> {
  const city = await PersonClient.signIn(stack.baseUrl('api'), 'city');
  const operator = await PersonClient.signIn(stack.baseUrl('api'), `operator-${unitKey}`);
  const modes = itemsOf({ body: await city.must('GET', '/api/v1/increments/modes') });
  const mode = modes.find(
    (one) => one['authorityId'] === unitId(unitKey) && one['catalogCode'] === catalogCode,
  );
  if (mode === undefined) throw new Error(`${unitKey} issues no ${catalogCode}`);
  const basis = { name: '免予同步制发规定', number: '测〔2026〕1号', date: null, note: null };
  await city.must('PUT', `/api/v1/increments/modes/${String(mode['id'])}`, {
    mode: 'dailyIncrement',
    exemption: { kind: 'byLaw', basis },
  });
  const today = legalDay(new Date());
  await operator.must(
    'POST',
    '/api/v1/increments',
    { catalogCode, rows: [{ 业务编号: `paper-${unitKey}` }] },
    { 'Idempotency-Key': `increment-${unitKey}` },
  );
  await operator.must(
    'POST',
    '/api/v1/increments',
    { catalogCode, zeroReport: { date: today } },
    { 'Idempotency-Key': `zero-report-${unitKey}` },
  );
  await operator.must(
    'POST',
    '/api/v1/collection-counts',
    { catalogCode, firstDay: today, lastDay: today, counted: 3 },
    { 'Idempotency-Key': `count-${unitKey}` },
  );
}

async function appoint(stack: FaultStack, unitKey: string): Promise<void> {
  const city = await PersonClient.signIn(stack.baseUrl('api'), 'city');
  await city.must(
    'POST',
    '/api/v1/responsible-persons',
    {
      authorityId: unitId(unitKey),
      personId: personId(`operator-${unitKey}`),
      fromOn: legalDay(new Date()),
    },
    { 'Idempotency-Key': `responsible-${unitKey}` },
  );
}

function holderCodes(body: Json): readonly string[] {
  const holders: readonly unknown[] = Array.isArray(body['holders']) ? body['holders'] : [];
  return holders.flatMap((holder) =>
    typeof holder === 'object' && holder !== null && 'code' in holder && typeof holder.code === 'string'
      ? [holder.code]
      : [],
  );
}
