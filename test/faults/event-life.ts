import { unitId } from '../../main/demonstration/seed-units';
import { issuanceBody, type Json } from './agency-client';
import { declarationBody, EVIDENCE } from './life-bodies';
import type { LifeCast } from './life-cast';

const MARKED_ITEMS = 3;
const ROAD_TRANSPORT = '11100000000019713D013';
const UNIT = 'bureau-150602';

/** Declared, reported, recognised, with numbers that could not be submitted. Out: the event's id. */
export async function declareEvent(cast: LifeCast): Promise<string> {
  const operator = cast.person('operator1');
  const { id } = await operator.must(
    'POST',
    '/api/v1/force-majeure-events',
    declarationBody([unitId(UNIT)], [ROAD_TRANSPORT], cast.now()),
    { 'Idempotency-Key': `${cast.run}-flood` },
  );
  const path = `/api/v1/force-majeure-events/${String(id)}`;
  await operator.act(`${path}/report`, undefined, eventIsPast(cast, String(id), ['declared']));
  await cast
    .person('city')
    .act(
      `${path}/recognise`,
      { reason: '情况属实' },
      eventIsPast(cast, String(id), ['declared', 'reported']),
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
        reference: String(held(cast, index)['businessNumber']),
        cause: '网络中断，无法提交',
        since: cast.now().toISOString(),
      },
      { 'Idempotency-Key': `${cast.run}-item-${index}` },
    );
  }
  return String(id);
}

/** The fault is over: what could not be submitted is, and the event is closed when nothing of it is open. */
export async function makeUpEvent(cast: LifeCast, eventId: string): Promise<void> {
  const path = `/api/v1/force-majeure-events/${eventId}`;
  const operator = cast.person('operator1');
  await operator.act(
    `${path}/clear`,
    { clearedAt: cast.now().toISOString(), reason: '设备恢复', evidence: EVIDENCE },
    eventIsPast(cast, eventId, ['declared', 'reported', 'recognised']),
  );
  for (let index = 0; index < MARKED_ITEMS; index += 1) await cast.issued(held(cast, index));
  await operator.act(
    `${path}/close`,
    undefined,
    eventIsPast(cast, eventId, ['declared', 'reported', 'recognised', 'recovering']),
    (code) => code === 'itemsStillOpen',
  );
}

function held(cast: LifeCast, index: number): Json {
  return issuanceBody(cast.firstSerial + 19_001 + 4 * index);
}

function eventIsPast(cast: LifeCast, eventId: string, states: readonly string[]): () => Promise<boolean> {
  return async () => {
    const row = await cast.row<{ state: string }>('SELECT state FROM force_majeure_event WHERE id = $1', [
      eventId,
    ]);
    return !states.includes(row.state);
  };
}
