import { REPORT_KEY_ID } from '../../adapters/verification/sealed-report-writer';
import { EVENT_LOG_KEY_ID } from '../event-log-signer';
import { type DemonstrationAuthority, yearsLater } from './demonstration-authority';

const KEY_YEARS = 10;

/** Effect: the key that signs heads of the event log lies in the store; made once. */
export async function seedEventLogKey(authority: DemonstrationAuthority, now: Date): Promise<void> {
  await authority.key({
    keyId: EVENT_LOG_KEY_ID,
    algorithm: 'sm2',
    profile: 'documentSigner',
    subject: { organization: 'ecert 演示 (test only)', commonName: '演示日志签名 仅供测试' },
    notBefore: now,
    notAfter: yearsLater(now, KEY_YEARS),
  });
}

/** Effect: the key that seals verification reports lies in the store; made once. */
export async function seedReportKey(authority: DemonstrationAuthority, now: Date): Promise<void> {
  await authority.key({
    keyId: REPORT_KEY_ID,
    algorithm: 'rsa',
    profile: 'documentSigner',
    subject: { organization: 'ecert 演示 (test only)', commonName: '演示核验服务 仅供测试' },
    notBefore: now,
    notAfter: yearsLater(now, KEY_YEARS),
  });
}
