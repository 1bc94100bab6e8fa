import { sm3 } from '../../../documents/sm/sm3';
import { canonicalJson } from '../register/canonical-json';

/** What happened to a case or a certificate: ids and digests, never a face or a name (rule 7, art. 23). */
export interface RegisterEvent {
  /** Given by the caller from what the event is about, so that a repeated step records it once. */
  readonly id: string;
  readonly kind: string;
  readonly caseKind?: string | null;
  readonly caseId?: string | null;
  readonly certificateId?: string | null;
  readonly certificateVersionId?: string | null;
  readonly authorityId: string;
  readonly trade: string;
  readonly operationCode?: string | null;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly legalGround?: Readonly<Record<string, unknown>> | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

/** Names the layout of the canonical form inside of it, so that a later layout cannot be taken for this one. */
export const EVENT_FORMAT = 'ecert-event/1';

/**
 * In: an event. Out: its canonical text as docs/event-log.md writes it down: canonical JSON with every member present
 * (null where there is nothing) and instants in UTC with milliseconds. The independent checker has its own
 * implementation, so a change here needs a new format name.
 */
export function canonicalEvent(event: RegisterEvent): string {
  return canonicalJson({
    format: EVENT_FORMAT,
    id: event.id,
    kind: event.kind,
    caseKind: event.caseKind ?? null,
    caseId: event.caseId ?? null,
    certificateId: event.certificateId ?? null,
    certificateVersionId: event.certificateVersionId ?? null,
    authorityId: event.authorityId,
    trade: event.trade,
    operationCode: event.operationCode ?? null,
    actor: event.actor,
    legalGround: event.legalGround ?? null,
    facts: event.facts,
    occurredAt: event.occurredAt.toISOString(),
    recordedAt: event.recordedAt.toISOString(),
  });
}

/** The leaf of an event in the log: SM3 over the UTF-8 bytes of its canonical text, 32 bytes. */
export function eventLeaf(event: RegisterEvent): Buffer {
  return Buffer.from(sm3(Buffer.from(canonicalEvent(event), 'utf8')));
}
