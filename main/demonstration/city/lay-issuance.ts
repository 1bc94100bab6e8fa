import { SEEDER } from '../demonstration-deps';
import { unitId } from '../seed-units';
import { staffOf } from './city-staff';
import { conductIssuance, deliverAll, review } from './conduct-in-process';
import { attach } from './lay-change';
import { businessNumberOf, hasAgencySystem, type PlannedIssuance } from './planned-issuance';
import { type RequestBody, requestOf } from './request-of';
import { AGENCY_DOWN, type StoryOffice } from './story-office';

/** The agency's system or the operator takes so long from the decision to the request. */
const REQUEST_AFTER_MS = 40_000;
/** A day's run to the portal is not part of the story's hold. */
const OUTSIDE_OFFICE_MS = 1_000;

export interface LaidIssuance {
  readonly issuanceId: string;
  readonly state: string;
  /** Null until it is issued. */
  readonly certificateId: string | null;
  readonly body: RequestBody;
}

export interface LayOptions {
  /** What the agency's own record says; by default what is asked for; null: it has none. */
  readonly record?: unknown;
  /** Where the story leaves the case; by default it is issued and delivered. */
  readonly leave?: 'beforeReview' | 'beforeDelivery';
  /** When the request comes, where it could not be sent at once. */
  readonly enterAt?: Date;
  /** What the reviewer decides; by default he approves. */
  readonly sendBack?: string;
}

/**
 * Effect: the planned case has gone its way through the line at its own instants, ① to ⑦, as far as the story wants it.
 * One that is there already stays; one that was broken off goes on. Out: how it stands.
 */
export async function layIssuance(
  office: StoryOffice,
  planned: PlannedIssuance,
  options: LayOptions = {},
): Promise<LaidIssuance> {
  await office.units.prepare(planned.unitKey);
  const body = requestOf(planned);
  const record = options.record === undefined ? body : options.record;
  if (record !== null) office.records.set(body.businessNumber, record);
  office.clock.moveTo(options.enterAt ?? new Date(planned.decidedAt.getTime() + REQUEST_AFTER_MS));
  const found = await findIssuance(office, planned);
  const issuanceId = found?.id ?? (await begin(office, planned, body));
  if (found === null || found.closed_at === null) await goOn(office, planned, issuanceId, options);
  if (planned.type === 'birth' && options.leave === undefined)
    await handToGuardian(office, planned, issuanceId);
  const now = await stand(office, issuanceId);
  return { issuanceId, state: now.state, certificateId: now.certificate_id, body };
}

async function goOn(
  office: StoryOffice,
  planned: PlannedIssuance,
  issuanceId: string,
  { leave, sendBack, record }: LayOptions,
): Promise<void> {
  // An agency that does not answer leaves its case where it is.
  const conducted = conductIssuance(office, issuanceId);
  let state = record === AGENCY_DOWN ? await conducted.catch(() => 'comparing' as const) : await conducted;
  if (state === 'underReview' && leave !== 'beforeReview') {
    const reviewer = staffOf(planned.unitKey, 'reviewer');
    if (sendBack === undefined) await review(office, issuanceId, reviewer, 'approve');
    else await review(office, issuanceId, reviewer, 'sendBack', sendBack);
    office.clock.advance(OUTSIDE_OFFICE_MS);
    state = await conductIssuance(office, issuanceId);
  }
  if (state === 'issued' && leave !== 'beforeDelivery') await deliverAll(office, issuanceId);
}

/** A new-born has no account: who cares for it comes to the counter two days later. */
async function handToGuardian(
  office: StoryOffice,
  planned: PlannedIssuance,
  issuanceId: string,
): Promise<void> {
  office.clock.advance(2 * 86_400_000);
  await pickUp(office, planned.unitKey, issuanceId, 'guardian');
}

/** Effect: what waits at the counter is handed out to somebody with the paper that says so. */
export async function pickUp(
  office: StoryOffice,
  unitKey: string,
  issuanceId: string,
  kind: 'agent' | 'guardian',
): Promise<void> {
  const rows = await office.register.statement<{ id: string }>(
    SEEDER,
    `SELECT d.id FROM delivery d JOIN certificate_version v ON v.id = d.certificate_version_id
     WHERE v.issuance_id = ? AND d.state = 'awaitingPickup'`,
    [issuanceId],
  );
  const clerk = await office.person(
    staffOf(unitKey, 'operator') === 'operator1' ? 'window1' : staffOf(unitKey, 'operator'),
  );
  for (const { id } of rows) {
    const authorisationAttachmentId = await attach(office, clerk, `pickup/${id}`);
    const receiver = { kind, name: '娜仁·图雅', code: '150699199006180246', authorisationAttachmentId };
    await office.must(clerk, 'POST', `/deliveries/${id}/pickups`, { body: { receiver } });
  }
}

async function begin(office: StoryOffice, planned: PlannedIssuance, body: RequestBody): Promise<string> {
  const principal = hasAgencySystem(planned)
    ? await office.agency()
    : await office.person(staffOf(planned.unitKey, 'operator'));
  const answered = await office.must(principal, 'POST', '/issuances', {
    body,
    key: `demonstration/${body.businessNumber}`,
  });
  return String(answered['id']);
}

interface IssuanceStand {
  readonly id: string;
  readonly state: string;
  readonly closed_at: Date | null;
  readonly certificate_id: string | null;
}

/** The case of a planned issuance; null before it was begun. */
export async function findIssuance(
  office: StoryOffice,
  planned: PlannedIssuance,
): Promise<IssuanceStand | null> {
  const [row] = await office.register.statement<IssuanceStand>(
    SEEDER,
    `SELECT id, state, closed_at, certificate_id FROM issuance
     WHERE authority_id = ? AND business_number = ? ORDER BY received_at LIMIT 1`,
    [unitId(planned.unitKey), businessNumberOf(planned)],
  );
  return row ?? null;
}

async function stand(office: StoryOffice, issuanceId: string): Promise<IssuanceStand> {
  const [row] = await office.register.statement<IssuanceStand>(
    SEEDER,
    'SELECT id, state, closed_at, certificate_id FROM issuance WHERE id = ?',
    [issuanceId],
  );
  if (row === undefined) throw new Error('a case that was begun is not in the register');
  return row;
}
