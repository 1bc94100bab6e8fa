import { faceOf, type Json } from './agency-client';
import type { LifeCast } from './life-cast';

/** An objection of the holder, investigated to this conclusion, replied to and received. Throws when it does not end so. */
export async function leadObjection(
  cast: LifeCast,
  certificateId: string,
  body: Json,
  conclusion: 'corrected' | 'upheld',
): Promise<void> {
  const { id } = await cast.person('company1').must(
    'POST',
    '/api/v1/anomaly-cases',
    {
      certificateId,
      claims: [{ field: '车辆类型', ground: 'accuracy', claimedValue: '重型普通货车' }],
      explanation: '与行驶证不符',
    },
    { 'Idempotency-Key': `${cast.run}-objection-${certificateId}` },
  );
  const caseId = String(id);
  const path = `/api/v1/anomaly-cases/${caseId}`;
  const investigator = cast.person('investigator1');
  const past = (...states: readonly string[]) => caseIsPast(cast, caseId, states);
  await investigator.act(`${path}/accept`, {}, past('filed'));
  if (conclusion === 'corrected') {
    const corrections = { 车辆类型: '重型普通货车' };
    await cast.layDown({ ...body, face: { ...faceOf(body), ...corrections } });
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
  await cast.comes(`anomaly case ${caseId} is settled`, past('filed', 'investigating', 'correcting'));
  await investigator.act(
    `${path}/reply`,
    undefined,
    past('filed', 'investigating', 'correcting', 'replying'),
  );
  await cast.person('company1').must('GET', `${path}/replies`);
  await cast.comes(`anomaly case ${caseId} is closed`, async () => {
    const row = await cast.row<{ state: string; conclusion: string }>(
      'SELECT state, conclusion FROM anomaly_case WHERE id = $1',
      [caseId],
    );
    return row.state === 'closed' && row.conclusion === conclusion;
  });
}

function caseIsPast(cast: LifeCast, caseId: string, states: readonly string[]): () => Promise<boolean> {
  return async () => {
    const row = await cast.row<{ state: string }>('SELECT state FROM anomaly_case WHERE id = $1', [caseId]);
    return !states.includes(row.state);
  };
}
