import type { SoftwareKeyStore } from '../../adapters/keystore/software-key-store';
import { deterministicId } from '../../adapters/postgres/register/deterministic-id';
import type { Register } from '../../adapters/postgres/register/register';
import type { FontChain } from '../../documents/fonts/font-chain';
import type { SystemPrincipal } from '../../domain/shared/principal';
import type { Clock } from '../../ports/clock';
import type { PersonalDataCipher, RowIntegrity } from '../../ports/personal-data-cipher';

/** What laying out the demonstration city needs; all of it belongs to the process that seeds. */
export interface DemonstrationDeps {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
  readonly keyStore: SoftwareKeyStore;
  /** Loaded only when a seal has to be drawn. */
  readonly fonts: () => Promise<FontChain>;
  /** Secret of the key `demo-agency`. */
  readonly agencySecret: string;
  /** Base address of the agency's record server; null: none runs, then no record is asked for. */
  readonly agencyRecordsUrl: string | null;
  /** Shared with that server: with it this office signs when it asks for a record. */
  readonly agencyRecordsSecret: string;
  /** Where trust anchors and revocation lists of the demonstration's authority are written. */
  readonly trustFolder: string;
  /** Where the local timestamp authority publishes its roots and lists. */
  readonly secretsFolder: string;
}

/** For whom the seeding acts. */
export const SEEDER: SystemPrincipal = { kind: 'system', component: 'demonstration' };

/** The id of a demonstration row: the same at every start, so that a second seeding finds the first one's rows. */
export function demonstrationId(kind: string, ...parts: readonly string[]): string {
  return deterministicId('demonstration', kind, ...parts);
}
