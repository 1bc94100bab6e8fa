import type { Client } from 'pg';
import { oid } from '../../documents/pki/object-identifiers';
import type { PublicKey } from '../../documents/pki/signing-certificate';
import { verifySignatureValue } from '../../documents/pki/verify-signature-value';
import { expectedLeaf, headAfter, type LoggedEvent, signedHeadText } from '../event-text';
import type { Check, CheckContext, Finding } from '../invariant';
import { countOf, findingsOf } from '../invariant';

const PAGE = 1000;
/** The sequencer takes its turn every second; a leaf that waits much longer was forgotten. */
const PENDING_MS = 60_000;
const NOTHING = '00000000-0000-0000-0000-000000000000';

const LEAF_MISSING = `
SELECT e.id, 'the event has no leaf in the log' AS what
FROM event e LEFT JOIN event_log_leaf l ON l.event_id = e.id WHERE l.event_id IS NULL`;

const LEAF_WITHOUT_EVENT = `
SELECT l.event_id AS id, 'a leaf of the log whose event is gone' AS what
FROM event_log_leaf l LEFT JOIN event e ON e.id = l.event_id WHERE e.id IS NULL`;

const LEAF_FORGOTTEN = `
SELECT l.event_id AS id, CASE WHEN p.event_id IS NULL THEN 'its leaf is neither chained nor waiting'
  ELSE 'its leaf has been waiting for the chain for too long' END AS what
FROM event_log_leaf l
JOIN event e ON e.id = l.event_id
LEFT JOIN event_log_link k ON k.event_id = l.event_id
LEFT JOIN event_log_pending p ON p.event_id = l.event_id
WHERE k.event_id IS NULL AND (p.event_id IS NULL OR e.recorded_at < $1)`;

/** I7: every event is in the log as it stands, the chain has no gap, and its signed heads are right. */
export const checkEventLog: Check = async (context) => {
  const { register, at } = context;
  return {
    invariant: 'I7',
    title: 'the event log is whole and extends every head seen before',
    checked: await countOf(register, 'SELECT count(*) FROM event'),
    findings: [
      ...(await findingsOf(register, LEAF_MISSING)),
      ...(await findingsOf(register, LEAF_WITHOUT_EVENT)),
      ...(await findingsOf(register, LEAF_FORGOTTEN, [new Date(at.getTime() - PENDING_MS)])),
      ...(await checkLeaves(register)),
      ...(await checkChain(context)),
      ...(await checkSignedHeads(context)),
    ],
  };
};

async function checkLeaves(register: Client): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let after = NOTHING;
  for (;;) {
    const { rows } = await register.query<LoggedEvent & { readonly leaf: Buffer }>(
      `SELECT e.*, l.leaf FROM event e JOIN event_log_leaf l ON l.event_id = e.id
       WHERE e.id > $1 ORDER BY e.id LIMIT ${PAGE}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return findings;
    for (const row of rows) {
      if (!expectedLeaf(row).equals(row.leaf)) {
        findings.push({ id: row.id, what: 'its leaf is not the digest of the event as it stands now' });
      }
    }
    after = last.id;
  }
}

async function checkChain({ register, seenHead }: CheckContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let position = 0;
  let head: Uint8Array = Buffer.alloc(32);
  let isSeenHeadMet = seenHead === null || seenHead.position === 0;
  for (;;) {
    const { rows } = await register.query<{ position: string; event_id: string; head: Buffer; leaf: Buffer }>(
      `SELECT k.position, k.event_id, k.head, l.leaf FROM event_log_link k JOIN event_log_leaf l USING (event_id)
       WHERE k.position > $1 ORDER BY k.position LIMIT ${PAGE}`,
      [position],
    );
    if (rows.length === 0) break;
    for (const row of rows) {
      const found = Number(row.position);
      if (found !== position + 1)
        findings.push({ id: row.event_id, what: `position ${position + 1} is missing` });
      if (!headAfter(head, row.leaf).equals(row.head)) {
        findings.push({ id: row.event_id, what: `the head at ${found} does not follow from the one before` });
      }
      position = found;
      head = row.head;
      if (seenHead?.position === position && seenHead.head === row.head.toString('hex')) isSeenHeadMet = true;
    }
  }
  if (!isSeenHeadMet && seenHead !== null) {
    findings.push({
      id: String(seenHead.position),
      what: 'the log no longer has the head that was seen there',
    });
  }
  return findings;
}

interface SignedHeadRow {
  readonly position: string;
  readonly head: Buffer;
  readonly key_id: string;
  readonly signature: Buffer;
  readonly signed_at: Date;
  readonly chained: Buffer | null;
}

async function checkSignedHeads({ register, logKeys }: CheckContext): Promise<readonly Finding[]> {
  const { rows } = await register.query<SignedHeadRow>(
    `SELECT h.*, k.head AS chained FROM event_log_head h LEFT JOIN event_log_link k USING (position) ORDER BY h.position`,
  );
  return rows.flatMap((row) => {
    const problem = headProblem(row, logKeys.get(row.key_id));
    return problem === null ? [] : [{ id: row.position, what: problem }];
  });
}

function headProblem(row: SignedHeadRow, key: PublicKey | undefined): string | null {
  if (row.chained === null || !row.chained.equals(row.head)) {
    return 'the signed head is not the head of its position';
  }
  if (key === undefined) return `signed with the key ${row.key_id}, whose certificate is not known`;
  const covered = signedHeadText(Number(row.position), row.head, row.signed_at);
  const algorithm = key.kind === 'sm2' ? oid.sm2WithSm3 : oid.sha256WithRsa;
  const outcome = verifySignatureValue(key, algorithm, covered, row.signature);
  return outcome === 'right' ? null : `the signature of the head is ${outcome}`;
}
