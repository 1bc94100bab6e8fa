import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { MailRecipient, OutgoingLedger, OutgoingMessage } from '../../../ports/outgoing-ledger';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import type { UpReportAnswer, UpReportItem } from '../../../ports/up-report-channel';
import type { Webhook } from '../../../ports/webhook-sender';
import { cipherPlace } from '../../cipher/encrypted-columns';
import type { Register } from '../register/register';
import { RECORD_RECEIPT, recordReturn } from './up-report-answers';

const RELAY: SystemPrincipal = { kind: 'system', component: 'relay' };

interface UpReportRow {
  readonly id: string;
  readonly report_state: string;
  readonly operation_code: string;
  readonly identifier: string;
  readonly catalog_code: string;
  readonly certificate_name: string;
  readonly number: string;
  readonly credit_code: string;
  readonly state: string;
  readonly issued_on: string;
  readonly valid_from: string;
  readonly valid_until: string | null;
  readonly digest: string;
  readonly is_held: boolean;
}

interface AddressRow {
  readonly id: string;
  readonly email_cipher: Buffer;
}

/**
 * A report says what its event brought about, not what has become of the certificate since; and the type by the name that is
 * published now, since that is what is mended when it is not the region's. Later reports of a certificate wait for earlier
 * ones: an ending before its issue would be about nothing.
 */
const UP_REPORT = `
SELECT r.id, r.state AS report_state, r.operation_code, v.identifier, e.code AS catalog_code, k.certificate_name, c.number,
       a.credit_code, coalesce(o.facts->>'state', v.state) AS state, v.issued_on, v.valid_from, v.valid_until, f.digest,
       EXISTS (SELECT 1 FROM certificate_version w JOIN up_report p ON p.certificate_version_id = w.id
               WHERE w.certificate_id = c.id AND p.state <> 'reported' AND (p.created_at, p.id) < (r.created_at, r.id)) AS is_held
FROM up_report r
JOIN event o ON o.id = r.event_id
JOIN certificate_version v ON v.id = r.certificate_version_id
JOIN certificate c ON c.id = v.certificate_id
JOIN catalog_entry e ON e.id = c.catalog_entry_id
JOIN LATERAL (SELECT n.name AS certificate_name FROM catalog_entry_version n
              WHERE n.catalog_entry_id = e.id AND n.state IN ('published', 'superseded') ORDER BY n.version DESC LIMIT 1) k ON true
JOIN authority a ON a.id = v.authority_id
JOIN certificate_file f ON f.certificate_version_id = v.id AND f.file_kind = 'ofd'
WHERE r.id = ?`;

const ADDRESS_OF_PERSON = `
SELECT id, email_cipher FROM person WHERE id = ? AND state = 'active' AND email_cipher IS NOT NULL`;
const ADDRESS_OF_HOLDER = `
SELECT id, email_cipher FROM person WHERE holder_lookup = ? AND state = 'active' AND email_cipher IS NOT NULL
ORDER BY id LIMIT 1`;

interface AgencyRow {
  readonly id: string;
  readonly state: string;
  readonly callback_hosts: readonly string[];
  readonly webhook_secret_cipher: Buffer | null;
}

/** Reports, mails and webhooks on the register. */
export class PostgresOutgoingLedger implements OutgoingLedger {
  readonly #register: Register;
  readonly #cipher: PersonalDataCipher;
  readonly #integrity: RowIntegrity;
  readonly #clock: Clock;

  constructor(options: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly integrity: RowIntegrity;
    readonly clock: Clock;
  }) {
    this.#register = options.register;
    this.#cipher = options.cipher;
    this.#integrity = options.integrity;
    this.#clock = options.clock;
  }

  async upReport(upReportId: string): Promise<UpReportItem | null> {
    const [row] = await this.#register.statement<UpReportRow>(RELAY, UP_REPORT, [upReportId]);
    if (row === undefined) throw new Error(`up-report ${upReportId} is not in the register`);
    return row.report_state === 'pending' && !row.is_held ? item(row) : null;
  }

  async recordUpReport(upReportId: string, answer: UpReportAnswer): Promise<void> {
    const now = this.#clock.now();
    if (answer.kind === 'accepted') {
      await this.#register.statement(RELAY, RECORD_RECEIPT, { id: upReportId, receipt: answer.receipt, now });
      return;
    }
    await this.#register.within(RELAY, (transaction) =>
      recordReturn(transaction, this.#integrity, { upReportId, ...answer, now }),
    );
  }

  async mailAddress(recipient: MailRecipient): Promise<string | null> {
    const [person] =
      recipient.kind === 'person'
        ? await this.#register.statement<AddressRow>(RELAY, ADDRESS_OF_PERSON, [recipient.personId])
        : await this.#register.statement<AddressRow>(RELAY, ADDRESS_OF_HOLDER, [
            Buffer.from(recipient.holderLookup, 'hex'),
          ]);
    if (person === undefined) return null;
    return this.#cipher.decrypt(person.email_cipher, cipherPlace('person.email_cipher', person.id));
  }

  webhook(agencySystemId: string, message: OutgoingMessage): Promise<Webhook | null> {
    return this.#register.within(RELAY, async (transaction) => {
      const agency = await transaction<AgencyRow>('agency_system').where({ id: agencySystemId }).first();
      if (agency === undefined || agency.state !== 'active') return null;
      const secret = agency.webhook_secret_cipher;
      return {
        ...message,
        registeredHosts: agency.callback_hosts,
        secrets:
          secret === null
            ? []
            : [this.#cipher.decrypt(secret, cipherPlace('agency_system.webhook_secret_cipher', agency.id))],
      };
    });
  }
}

function item(row: UpReportRow): UpReportItem {
  return {
    reportId: row.id,
    operationCode: row.operation_code,
    identifier: row.identifier,
    catalogCode: row.catalog_code,
    certificateName: row.certificate_name,
    number: row.number,
    issuingAuthorityCode: row.credit_code,
    state: row.state,
    issuedOn: row.issued_on,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    fileDigest: row.digest,
  };
}
