import { randomBytes } from 'node:crypto';
import { AgencyClient, authorization, issuanceBody, type Json } from './agency-client';
import { type FaultTest, faultResult } from './fault-result';
import { type FaultStack, startFaultStack } from './fault-stack';
import { mustCome, RegisterProbe } from './register-probe';
import { runChecker } from './run-checker';

const AT_ONCE = 1_000;
const WAIT_MS = 120_000;
const TARGET = '/api/v1/issuances';
const FEW = 10;
const OLD_SECONDS = 301;
/** It is still ahead when a slow machine looks at it. */
const EARLY_SECONDS = 600;
const NOT_DONE = 'SELECT count(*) FROM outbox WHERE done_at IS NULL';

type Counts = Readonly<Record<string, number>>;

/** One signed request sent a thousand times at once, then late, changed, and under a key that is in use. */
export const replay: FaultTest = async ({ interrupted }) => {
  const stack = await startFaultStack({ interrupted });
  const probe = new RegisterProbe(stack);
  try {
    const nonce = await replayNonce(stack);
    const key = await replayKey(stack);
    await mustCome(
      'the end of both cases',
      async () => {
        const issued = await probe.number(`SELECT count(*) FROM issuance WHERE state = 'issued'`);
        return issued === 2 && (await probe.number(NOT_DONE)) === 0;
      },
      WAIT_MS,
      interrupted,
    );
    const cases = await probe.number('SELECT count(*) FROM issuance');
    const verdict = await runChecker(stack, { drained: true });
    return faultResult({
      fault: 'replay',
      invariants: verdict.invariants,
      hits: { sameNonce: AT_ONCE, sameKey: AT_ONCE, changedBody: FEW, oldTimestamp: 2 * FEW, otherBody: FEW },
      figures: { cases, sameNonce: nonce.answers, sameKey: key.answers },
      failures: [
        ...nonce.failures,
        ...key.failures,
        ...(cases === 2 ? [] : [`there are ${cases} cases, not 2`]),
        ...verdict.findings,
      ],
    });
  } finally {
    await probe.close();
    await stack.stop();
  }
};

interface Replayed {
  readonly answers: string;
  readonly failures: readonly string[];
}

/** The very same request, which only its nonce tells from a new one; then the same changed, too old and too early. */
async function replayNonce(stack: FaultStack): Promise<Replayed> {
  const body = issuanceBody(1);
  await new AgencyClient(stack).layDown(body);
  const header = signed(stack, body, {});
  const same = await sendMany(stack, AT_ONCE, () => ({ header, body }));
  const changed = await sendMany(stack, FEW, () => ({
    header,
    body: { ...body, decidedAt: '2026-11-20T09:31:00+08:00' },
  }));
  const aged = (ageS: number) => (): Sending => ({ header: signed(stack, body, { ageS }), body });
  const old = await sendMany(stack, FEW, aged(OLD_SECONDS));
  const early = await sendMany(stack, FEW, aged(-EARLY_SECONDS));
  return {
    answers: text(same),
    failures: [
      ...(accepted(same) === 1 ? [] : [`${accepted(same)} of ${AT_ONCE} with one nonce were accepted`]),
      ...onlyStatus('the same nonce', same, ['202', '201', '401']),
      ...onlyStatus('a changed body', changed, ['401']),
      ...onlyStatus('an old timestamp', old, ['401']),
      ...onlyStatus('a timestamp ahead', early, ['401']),
    ],
  };
}

/** New nonces under one Idempotency-Key: one case, however often; another body under it is refused. */
async function replayKey(stack: FaultStack): Promise<Replayed> {
  const body = issuanceBody(2);
  const other = issuanceBody(3);
  await new AgencyClient(stack).layDown(body);
  const key = 'replay-same-key';
  const same = await sendMany(stack, AT_ONCE, () => ({ header: signed(stack, body, {}), body, key }));
  const changed = await sendMany(stack, FEW, () => ({ header: signed(stack, other, {}), body: other, key }));
  return {
    answers: text(same),
    failures: [
      ...onlyStatus('the same key', same, ['200', '201', '202', '409']),
      ...onlyStatus('the same key with another body', changed, ['422']),
    ],
  };
}

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
