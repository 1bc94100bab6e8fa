import { withClient } from '../../main/engines/database-roles';
import type { Step } from './fail-plan';

/** Unique keys by which an effect that is repeated leaves one row; a naive register has none of them. */
const UNIQUE_KEYS = [
  ['seal_signature', 'seal_signature_once'],
  ['seal_signature', 'seal_signature_pkey'],
  ['seal_use', 'seal_use_once'],
  ['certificate_file', 'certificate_file_pkey'],
  ['delivery', 'delivery_one_per_holder'],
] as const;

/** Effect: the register no longer refuses what was done already. In: the migrator's address. */
export async function makeNaive(migratorUrl: string): Promise<void> {
  await withClient(migratorUrl, async (client) => {
    for (const [table, key] of UNIQUE_KEYS) {
      await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${key}`);
    }
    // An intent is closed once: that is a comparison, too, only that the database makes it.
    await client.query('ALTER TABLE sealing_intent DISABLE TRIGGER USER');
  });
}

/** What a step compares before it acts, set back: it then does again what it did before it was killed. */
const FORGETTING: Readonly<Partial<Record<Step, readonly string[]>>> = {
  seal: [
    `UPDATE sealing_intent SET state = 'open', closed_at = NULL WHERE issuance_id = $1 AND state = 'redeemed'`,
  ],
  issue: [
    `UPDATE certificate_version SET state = 'awaitingSeal', issued_at = NULL WHERE issuance_id = $1`,
    `UPDATE issuance SET state = 'sealed', closed_at = NULL WHERE id = $1 AND state = 'issued'`,
  ],
};

/**
 * The naive variant of a step, without compare-and-set: whatever it was that said "this is done already" is gone, as if
 * nobody had thought of asking. With the unique keys dropped too, only luck keeps an effect from happening twice.
 */
export async function forgetWhatWasDone(step: Step, issuanceId: string, appUrl: string): Promise<void> {
  const statements = FORGETTING[step];
  if (statements === undefined) return;
  await withClient(appUrl, async (client) => {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('ecert.principal', 'system', true)`);
    for (const statement of statements) await client.query(statement, [issuanceId]);
    await client.query('COMMIT');
  });
}
