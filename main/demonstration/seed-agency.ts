import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import { cipherPlace } from '../../adapters/cipher/encrypted-columns';
import { type DemonstrationDeps, demonstrationId } from './demonstration-deps';
import { historyBeginsAt } from './demonstration-history';
import { DONGSHENG_BUREAU } from './demonstration-units';
import { unitId } from './seed-units';

/** The key id with which the demonstration agency signs. */
export const AGENCY_KEY_ID = 'demo-agency';

/** As whom this office asks the demonstration agency for its records. */
const RECORD_KEY_ID = 'ecert';

const LOCAL_CALLBACK_HOSTS = ['127.0.0.1', 'localhost'];

/**
 * Effect: the demonstration agency (of the 东胜 approval bureau) and its key are in the register. The address of its
 * record server follows the present one, which lies on another port after each start; the secret follows the secrets
 * folder, so that what is printed at the start is always what is accepted.
 */
export async function seedAgency(
  transaction: Knex.Transaction,
  deps: Pick<
    DemonstrationDeps,
    'cipher' | 'clock' | 'agencySecret' | 'agencyRecordsUrl' | 'agencyRecordsSecret'
  >,
): Promise<void> {
  const systemId = demonstrationId('agency', AGENCY_KEY_ID);
  const recordUrl = deps.agencyRecordsUrl === null ? null : `${deps.agencyRecordsUrl}/records`;
  await transaction('agency_system')
    .insert({
      id: systemId,
      authority_id: unitId(DONGSHENG_BUREAU),
      name: '东胜区审批业务系统(演示)',
      callback_hosts: LOCAL_CALLBACK_HOSTS,
    })
    .onConflict('id')
    .ignore();
  await transaction('agency_system')
    .where({ id: systemId })
    .update({
      record_url: recordUrl,
      record_key_id: recordUrl === null ? null : RECORD_KEY_ID,
      record_secret_cipher:
        recordUrl === null
          ? null
          : deps.cipher.encrypt(
              deps.agencyRecordsSecret,
              cipherPlace('agency_system.record_secret_cipher', systemId),
            ),
    });
  const place = cipherPlace('agency_key.secret_cipher', AGENCY_KEY_ID);
  const known = await transaction<{ key_id: string; secret_cipher: Buffer }>('agency_key')
    .where({ key_id: AGENCY_KEY_ID })
    .first('secret_cipher');
  if (known !== undefined && sameSecret(deps.cipher.decrypt(known.secret_cipher, place), deps.agencySecret)) {
    return;
  }
  await transaction('agency_system')
    .where({ id: systemId })
    .update({
      webhook_secret_cipher: deps.cipher.encrypt(
        demonstrationWebhookSecret(deps.agencySecret),
        cipherPlace('agency_system.webhook_secret_cipher', systemId),
      ),
    });
  await transaction('agency_key')
    .insert({
      key_id: AGENCY_KEY_ID,
      agency_system_id: systemId,
      slot: 1,
      secret_cipher: deps.cipher.encrypt(deps.agencySecret, place),
      valid_from: historyBeginsAt(deps.clock.now()),
    })
    .onConflict('key_id')
    .merge(['secret_cipher']);
}

/** Nobody listens there (RFC 863 was never started on this machine): the agency is down. */
const SILENT_RECORDS_URL = 'http://127.0.0.1:9/records';

/** Effect: a unit has a business system of its own that does not answer. */
export async function seedSilentAgency(
  transaction: Knex.Transaction,
  deps: Pick<DemonstrationDeps, 'cipher' | 'agencyRecordsSecret'>,
  unitKey: string,
): Promise<void> {
  const id = demonstrationId('agency', unitKey);
  await transaction('agency_system')
    .insert({
      id,
      authority_id: unitId(unitKey),
      name: '施工许可业务系统(演示，停机中)',
      callback_hosts: LOCAL_CALLBACK_HOSTS,
      record_url: SILENT_RECORDS_URL,
      record_key_id: RECORD_KEY_ID,
      record_secret_cipher: deps.cipher.encrypt(
        deps.agencyRecordsSecret,
        cipherPlace('agency_system.record_secret_cipher', id),
      ),
    })
    .onConflict('id')
    .ignore();
}

/** The agency's secret for webhooks; it follows from the one that is printed, so that one printed secret suffices. */
export function demonstrationWebhookSecret(agencySecret: string): string {
  return `whsec_${createHmac('sha256', agencySecret).update('webhook').digest('base64')}`;
}

function sameSecret(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
