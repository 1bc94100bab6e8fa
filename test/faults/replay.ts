import { randomBytes } from 'node:crypto';
import { AgencyClient, authorization, issuanceBody, type Json } from './agency-client';
import { type FaultTest, faultResult } from './fault-result';
import { type FaultStack, startFaultStack } from './fault-stack';
import { mustCome, RegisterProbe } from './register-probe';
import { runChecker } from './run-checker';

const AT_ONCE = 1_000;
const WAIT_MS = 120_000;
const TARGET = '/api/v1/issuances';
const OLD_SECONDS = 301;

type Counts = Readonly<Record<string, number>>;

/** One signed request sent a thousand times at once, then late, changed, and under a key that is in use. */
export const replay: FaultTest = async ({ interrupted }) => {
  const stack = await startFaultStack({ interrupted });
  const probe = new RegisterProbe(stack);
  try {
    const client = new AgencyClient(stack);
    const body = issuanceBody(1);
    await client.layDown(body);
    const header = signed(stack, body, {});
    const same = await sendMany(stack, AT_ONCE, () => ({ header, body }));
    const changed = await sendMany(stack, 10, () => ({
      header,
      body: { ...body, callbackUrl: null, agent: {} },
    }));
    const old = await sendMany(stack, 10, () => ({
      header: signed(stack, body, { ageS: OLD_SECONDS }),
      body,
    }));
    const early = await sendMany(stack, 10, () => ({
      header: signed(stack, body, { ageS: -OLD_SECONDS }),
      body,
    }));
    const other = issuanceBody(2);
    await client.layDown(other);
    const keyed = await sendMany(stack, AT_ONCE, () => ({
      header: signed(stack, other, {}),
      body: other,
      key: 'replay-same-key',
    }));
    const otherBody = await sendMany(stack, 10, () => ({
      header: signed(stack, issuanceBody(3), {}),
      body: issuanceBody(3),
      key: 'replay-same-key',
    }));
    await mustCome(
      'the end of both cases',
      async () => (await probe.number(`SELECT count(*) FROM issuance WHERE state = 'issued'`)) === 2,
      WAIT_MS,
      interrupted,
    );
    await mustCome(
      'the empty outbox',
      async () => (await probe.number('SELECT count(*) FROM outbox WHERE done_at IS NULL')) === 0,
      WAIT_MS,
      interrupted,
    );
    const cases = await probe.number('SELECT count(*) FROM issuance');
    const verdict = await runChecker(stack, { drained: true });
    return faultResult({
      fault: 'replay',
      invariants: verdict.invariants,
      hits: { sameNonce: AT_ONCE, sameKey: AT_ONCE, changedBody: 10, oldTimestamp: 20, otherBody: 10 },
      figures: { cases, sameNonce: text(same), sameKey: text(keyed) },
      failures: [
        ...(accepted(same) === 1 ? [] : [`${accepted(same)} of ${AT_ONCE} with one nonce were accepted`]),
        ...onlyStatus('the same nonce', same, ['202', '201', '401']),
        ...onlyStatus('a changed body', changed, ['401']),
        ...onlyStatus('an old timestamp', old, ['401']),
        ...onlyStatus('a timestamp ahead', early, ['401']),
        ...onlyStatus('the same key', keyed, ['200', '201', '202', '409']),
        ...onlyStatus('the same key with another body', otherBody, ['422']),
        ...(cases === 2 ? [] : [`there are ${cases} cases, not 2`]),
        ...verdict.findings,
      ],
    });
  } finally {
    await probe.close();
    await stack.stop();
  }
};

function signed(stack: FaultStack, body: Json, { ageS = 0 }: { readonly ageS?: number }): string {
  return authorization(
    { keyId: 'demo-agency', secret: stack.agencySecret },
    { method: 'POST', target: TARGET, body: Buffer.from(JSON.stringify(body)) },
    { nonce: randomBytes(16).toString('hex'), timestamp: Math.floor(Date.now() / 1000) - ageS },
  );
}

interface Sending {
  readonly header: string;
  readonly body: Json;
  readonly key?: string;
}

/** Out: how often each status was answered; `none` for no answer. */
async function sendMany(stack: FaultStack, many: number, sending: () => Sending): Promise<Counts> {
  const apis = stack.apis();
  const statuses = await Promise.all(
    Array.from({ length: many }, async (_, index) => {
      const { header, body, key = `replay-${String(body['businessNumber'])}` } = sending();
      const response = await fetch(`${apis[index % apis.length]}${TARGET}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: header, 'Idempotency-Key': key },
        body: JSON.stringify(body),
      }).catch(() => null);
      await response?.arrayBuffer();
      return response === null ? 'none' : String(response.status);
    }),
  );
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function accepted(counts: Counts): number {
  return Object.entries(counts).reduce(
    (sum, [status, count]) => sum + (status.startsWith('2') ? count : 0),
    0,
  );
}

function onlyStatus(what: string, counts: Counts, allowed: readonly string[]): readonly string[] {
  return Object.entries(counts)
    .filter(([status]) => !allowed.includes(status))
    .map(([status, count]) => `${what}: answered ${status} ${count} times`);
}

function text(counts: Counts): string {
  return Object.entries(counts)
    .map(([status, count]) => `${status}:${count}`)
    .join(' ');
}
