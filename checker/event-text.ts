import { createHash } from 'node:crypto';

/** An event as the register shows it to the auditor. */
export interface LoggedEvent {
  readonly id: string;
  readonly kind: string;
  readonly case_kind: string | null;
  readonly case_id: string | null;
  readonly certificate_id: string | null;
  readonly certificate_version_id: string | null;
  readonly authority_id: string;
  readonly trade: string;
  readonly operation_code: string | null;
  readonly actor: unknown;
  readonly legal_ground: unknown;
  readonly facts: unknown;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
}

/**
 * The canonical text of a JSON value as docs/event-log.md describes it (RFC 8785): written here anew, so that the
 * checker does not share a mistake with whoever wrote the log. Throws for what JSON cannot hold.
 */
export function canonicalText(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item)).join(',')}]`;
  if (typeof value === 'object') {
    const names = Object.keys(value).sort();
    const members = new Map<string, unknown>(Object.entries(value));
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalText(members.get(name))}`).join(',')}}`;
  }
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`a ${typeof value} is not JSON`);
  return text;
}

/** The leaf that an event must have: SM3 over the UTF-8 bytes of its canonical text, 32 bytes. */
export function expectedLeaf(event: LoggedEvent): Buffer {
  return sm3Of(
    Buffer.from(
      canonicalText({
        format: 'ecert-event/1',
        id: event.id,
        kind: event.kind,
        caseKind: event.case_kind,
        caseId: event.case_id,
        certificateId: event.certificate_id,
        certificateVersionId: event.certificate_version_id,
        authorityId: event.authority_id,
        trade: event.trade,
        operationCode: event.operation_code,
        actor: event.actor,
        legalGround: event.legal_ground,
        facts: event.facts,
        occurredAt: event.occurred_at.toISOString(),
        recordedAt: event.recorded_at.toISOString(),
      }),
    ),
  );
}

/** The head after a leaf: SM3 over the head before and the leaf. */
export function headAfter(head: Uint8Array, leaf: Uint8Array): Buffer {
  return sm3Of(Buffer.concat([head, leaf]));
}

/** The bytes that the signature of a head covers. */
export function signedHeadText(position: number, head: Uint8Array, signedAt: Date): Buffer {
  return Buffer.from(
    canonicalText({
      format: 'ecert-event-log-head/1',
      head: Buffer.from(head).toString('hex'),
      position,
      signedAt: signedAt.toISOString(),
    }),
  );
}

function sm3Of(bytes: Uint8Array): Buffer {
  return createHash('sm3').update(bytes).digest();
}
