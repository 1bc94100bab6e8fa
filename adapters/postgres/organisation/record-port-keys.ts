import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { OutsideSystemFault } from '../../http/send-request';
import type { OutsideKey } from '../../http/sign-request';
import type { Register } from '../register/register';

const CONDUCTOR: SystemPrincipal = { kind: 'system', component: 'recordPort' };

interface PortRow {
  readonly id: string;
  readonly record_url: string | null;
  readonly record_key_id: string | null;
  readonly record_secret_cipher: Buffer | null;
}

/**
 * The key of each agency's record port. In: the port's address, which belongs to one agency system. Out: the key; rejects
 * with OutsideSystemFault when none is set, so that the case waits, visible, instead of passing without a comparison.
 */
export function createRecordPortKeys(
  register: Register,
  cipher: PersonalDataCipher,
): (recordUrl: string) => Promise<OutsideKey> {
  return async (recordUrl) => {
    const row = await register.within(CONDUCTOR, (transaction) =>
      transaction<PortRow>('agency_system').where({ record_url: recordUrl }).first(),
    );
    const { record_key_id: keyId = null, record_secret_cipher: secret = null } = row ?? {};
    if (row === undefined || keyId === null || secret === null) {
      throw new OutsideSystemFault(
        'agency records',
        'has no key: a system administrator has to set its record port',
      );
    }
    return {
      keyId,
      secret: cipher.decrypt(secret, cipherPlace('agency_system.record_secret_cipher', row.id)),
    };
  };
}
