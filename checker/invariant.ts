import type { Client } from 'pg';
import type { PublicKey } from '../documents/pki/signing-certificate';

/** One thing that is not as it must be: what it is about, and what is wrong with it. Never personal data. */
export interface Finding {
  readonly id: string;
  readonly what: string;
}

/** What one invariant of the register came to. */
export interface InvariantReport {
  readonly invariant: string;
  readonly title: string;
  /** How many things were looked at; a check that looked at nothing proves nothing. */
  readonly checked: number;
  readonly findings: readonly Finding[];
}

/** What every check may look at. The register is read in one snapshot as the auditor, who can change nothing. */
export interface CheckContext {
  readonly register: Client;
  readonly filesFolder: string;
  /** Trust anchors and revocation lists (DER) by which sealed files are judged. */
  readonly trustAnchors: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  /** Public keys (SM2 or RSA) that sign heads of the event log, by key id. */
  readonly logKeys: ReadonlyMap<string, PublicKey>;
  /** The product's present instant; another one than the machine's when the product runs with its clock moved. */
  readonly at: Date;
  /** Cases that are open for longer are findings; null: people may take their time. */
  readonly drainedAfterMs: number | null;
  /** A head of the event log that was seen earlier and must still stand at its place. */
  readonly seenHead: { readonly position: number; readonly head: string } | null;
}

export type Check = (context: CheckContext) => Promise<InvariantReport>;

/** In: a statement with columns `id` and `what` that selects what is wrong. Out: it as findings. */
export async function findingsOf(
  register: Client,
  statement: string,
  values: readonly unknown[] = [],
): Promise<readonly Finding[]> {
  const { rows } = await register.query<{ id: string; what: string }>(statement, [...values]);
  return rows.map(({ id, what }) => ({ id, what }));
}

/** In: a statement that selects one number as `count`. Out: it. */
export async function countOf(register: Client, statement: string): Promise<number> {
  const { rows } = await register.query<{ count: string }>(statement);
  return Number(rows[0]?.count ?? 0);
}
