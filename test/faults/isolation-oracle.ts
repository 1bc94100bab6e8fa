import { DEMONSTRATION_UNITS } from '../../main/demonstration/demonstration-units';
import { personId } from '../../main/demonstration/seed-accounts';
import { unitId } from '../../main/demonstration/seed-units';
import type { IsolationAccount } from './isolation-world';

/** Kinds of rows that belong to somebody, by the first segment of their routes. */
export const SCOPED_KINDS = [
  'issuances',
  'issuance-drafts',
  'certificates',
  'tasks',
  'deliveries',
  'seals',
  'seal-use-mandates',
  'notices',
  'up-reports',
  'certificate-changes',
  'anomaly-cases',
  'force-majeure-events',
  'deadlines',
  'official-papers',
  'responsible-persons',
  'people',
  'agency-systems',
  'agency-keys',
  'increments',
  'increments/days',
  'collection-counts',
] as const;
export type ScopedKind = (typeof SCOPED_KINDS)[number];

/** Open to whoever is signed in with a role that may call it, whatever the authority (art. 2, 7), or about oneself. */
export const UNSCOPED_KINDS: readonly string[] = [
  'catalog',
  'authorities',
  'attachments',
  'sessions',
  'me',
  'public',
  // Answers nothing of what it sets going at other authorities.
  'holder-reports',
  // The city's settings are the same for everybody, and are told to everybody (art. 8, 10, 20).
  'work-calendar',
  'sla-policies',
  'clock-rule',
  'escalation-ladder',
  // Which unit issues what and how is part of the published catalogue; only the city sets it.
  'increments/modes',
  // Counts of the whole city; its differences name reports by their ids and nothing else.
  'up-report-reconciliations',
  // Only recorded; nothing of it is shown.
  'collection-exemptions',
];

/** A row as the auditor reads it, with the codes of the holders whom the request named. */
export interface OwnedRow {
  readonly kind: ScopedKind;
  readonly id: string;
  readonly authorityId: string | null;
  /** Null where rows belong to an authority whatever the trade. */
  readonly trade: string | null;
  readonly holderCodes: readonly string[];
  /** A person whose own it is: the author of a draft, the recipient of a notice. */
  readonly personId: string | null;
  /** A notice to everybody of a role. */
  readonly recipientRole: string | null;
  /** Other authorities and trades that it is about as well: the scope of a force-majeure event. */
  readonly covered: readonly Belonging[];
  /** People who take part in it whatever their scope: objectors, addressees of papers. */
  readonly participantIds: readonly string[];
  /** One thing within the row that has a route of its own: an item, a file of evidence. */
  readonly partId: string | null;
}

export interface Belonging {
  readonly authorityId: string | null;
  readonly trade: string | null;
}

export type Caller =
  | { readonly kind: 'account'; readonly account: IsolationAccount }
  | { readonly kind: 'agency'; readonly unitKey: string };

/** Who works at one authority only. */
const STAFF: readonly string[] = ['operator', 'reviewer', 'investigator', 'sealKeeper', 'windowClerk'];
/** The three administrators (三员) see accounts, two of them the systems of agencies, the auditor events of force majeure. */
const ADMINISTRATORS: Readonly<Partial<Record<ScopedKind, readonly string[]>>> = {
  people: ['systemAdministrator', 'securityAdministrator', 'auditor'],
  'agency-systems': ['systemAdministrator', 'auditor'],
  'agency-keys': ['systemAdministrator', 'auditor'],
  'force-majeure-events': ['auditor'],
};

/**
 * Whether the measure lets a caller learn of a row at all: computed from what was granted and from the tree of units,
 * without the product's scopes. Whether a role may use the route is another question and another status.
 */
export function maySee(caller: Caller, row: OwnedRow): boolean {
  if (caller.kind === 'agency') return row.authorityId === unitId(caller.unitKey) && row.personId === null;
  const { account } = caller;
  if (row.kind === 'issuance-drafts') return row.personId === personId(account.username);
  if (row.kind === 'notices') return isNoticeFor(account, row);
  if (account.roles.some(({ role }) => ADMINISTRATORS[row.kind]?.includes(role))) return true;
  if (row.kind === 'agency-systems' || row.kind === 'agency-keys') return false;
  // Of people one sees colleagues of one's own unit, whatever one supervises.
  if (row.kind === 'people') return account.unitKey !== null && row.authorityId === unitId(account.unitKey);
  if (row.participantIds.includes(personId(account.username))) return true;
  return [row, ...row.covered.map((place) => ({ ...row, ...place }))].some((place) =>
    account.roles.some((granted) => covers(granted, place, account)),
  );
}

function isNoticeFor(account: IsolationAccount, row: OwnedRow): boolean {
  if (row.personId !== null) return row.personId === personId(account.username);
  if (row.holderCodes.length > 0)
    return account.holderCode !== null && row.holderCodes.includes(account.holderCode);
  return account.roles.some(
    (granted) =>
      granted.role === row.recipientRole &&
      ((row.authorityId === null && row.trade === null) || covers(granted, row, account)),
  );
}

function covers(
  granted: IsolationAccount['roles'][number],
  row: OwnedRow,
  { holderCode }: IsolationAccount,
): boolean {
  const { role, areaCode, unitKey, trade } = granted;
  if (role === 'holder') return holderCode !== null && row.holderCodes.includes(holderCode);
  if (role === 'cityAdministrator') return true;
  if (STAFF.includes(role)) return unitKey !== null && lineOf(unitKey).includes(row.authorityId ?? '');
  if (role === 'departmentAdministrator') return trade !== null && row.trade === trade;
  if (role !== 'bannerAdministrator' && role !== 'supervisor') return false;
  if (unitKey !== null) return lineOf(unitKey).includes(row.authorityId ?? '');
  if (trade !== null) return row.trade === trade;
  if (areaCode === null) return role === 'supervisor';
  return DEMONSTRATION_UNITS.some(
    (unit) => unit.areaCode === areaCode && unitId(unit.key) === row.authorityId,
  );
}

/** A unit and those that it succeeded. */
function lineOf(unitKey: string): readonly string[] {
  const before = DEMONSTRATION_UNITS.filter((unit) => unit.successorKey === unitKey);
  return [unitId(unitKey), ...before.flatMap(({ key }) => lineOf(key))];
}
