import type { CertificateMark, CertificateState } from '../../../domain/certificate/lifecycle';
import { legalDateAt, shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Clock } from '../../../ports/clock';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import type { PublicCertificate, VerificationDesk } from '../../../ports/verification-desk';
import { GatheredQuestions } from '../register/gathered-questions';
import type { Register } from '../register/register';

interface PublicRow {
  readonly certificate_version_id: string;
  readonly state: CertificateState;
  readonly marks: readonly CertificateMark[];
  readonly version: string;
  readonly identifier: string;
  readonly public_face: Readonly<Record<string, unknown>>;
  readonly masked_holders: PublicCertificate['maskedHolders'];
  readonly valid_from: string;
  readonly valid_until: string | null;
  readonly issued_on: string;
  readonly issued_at: Date;
  readonly ended_at: Date | null;
  readonly last_inspection: PublicCertificate['lastInspection'];
  readonly number: string;
  readonly certificate_name: string;
  readonly issuing_authority: string;
  readonly issuing_authority_code: string;
  readonly verification_code_digest: Buffer;
}

const EXCHANGES = 2;
const MOST_CODES_AT_ONCE = 64;

export interface VerificationDeskOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly clock: Clock;
  readonly trust: VerificationDesk['trust'];
  /** How often counts are written. */
  readonly flushMs: number;
  readonly reportFault: (fault: unknown) => void;
}

/**
 * Verification by anybody, through the public's own function of the database, never a cached verdict. Codes that are asked for
 * at the same time share a statement.
 * Counts are gathered and written in the background; a killed process loses the counts of the last interval, nothing else.
 */
export class PostgresVerificationDesk implements VerificationDesk {
  readonly #options: VerificationDeskOptions;
  readonly #timer: NodeJS.Timeout;
  /** By the digest of a code, in hex. */
  readonly #codes: GatheredQuestions<string, PublicCertificate>;
  #counts = new Map<string, number>();

  constructor(options: VerificationDeskOptions) {
    this.#options = options;
    this.#codes = new GatheredQuestions({
      ask: (digests) => this.#byCodeDigests(digests),
      exchanges: EXCHANGES,
      mostAtOnce: MOST_CODES_AT_ONCE,
    });
    this.#timer = setInterval(() => {
      this.flush().catch(options.reportFault);
    }, options.flushMs);
    this.#timer.unref();
  }

  byCode(code: string): Promise<PublicCertificate | null> {
    const digest = this.#options.cipher.lookup('verificationCode', code);
    return this.#codes.ask(Buffer.from(digest).toString('hex'));
  }

  async #byCodeDigests(digests: readonly string[]): Promise<ReadonlyMap<string, PublicCertificate>> {
    const rows = await this.#options.register.public<PublicRow>('SELECT * FROM verify_by_codes(?::bytea[])', [
      digests.map((digest) => Buffer.from(digest, 'hex')),
    ]);
    return new Map(rows.map((row) => [row.verification_code_digest.toString('hex'), view(row)]));
  }

  async byFileDigest(digest: string): Promise<PublicCertificate | null> {
    const [row] = await this.#options.register.public<PublicRow>('SELECT * FROM verify_by_file(?)', [digest]);
    return row === undefined ? null : view(row);
  }

  async fileTimestamps(digest: string): Promise<readonly Uint8Array[]> {
    const rows = await this.#options.register.public<{ token: Buffer }>(
      'SELECT token FROM file_timestamp_token(?) AS token',
      [digest],
    );
    return rows.map(({ token }) => token);
  }

  trust(): ReturnType<VerificationDesk['trust']> {
    return this.#options.trust();
  }

  countVerification(certificateVersionId: string): void {
    this.#counts.set(certificateVersionId, (this.#counts.get(certificateVersionId) ?? 0) + 1);
  }

  /** Effect: what was counted since the last time is added in the register; what could not be written is kept for the next. */
  async flush(): Promise<void> {
    if (this.#counts.size === 0) return;
    const counts = this.#counts;
    this.#counts = new Map();
    // One order for all writers: two flushes that meet must not wait for one another in a circle.
    const versions = [...counts.keys()].sort();
    const today = legalDateAt(this.#options.clock.now().getTime());
    try {
      await this.#options.register.public(
        `SELECT count_verifications(version_id, ?::date, more)
         FROM unnest(?::uuid[], ?::bigint[]) AS counted(version_id, more)`,
        [today, versions, versions.map((version) => counts.get(version) ?? 0)],
      );
    } catch (fault) {
      for (const [version, more] of counts) {
        this.#counts.set(version, (this.#counts.get(version) ?? 0) + more);
      }
      throw fault;
    }
  }

  /** Effect: the last counts are written and nothing runs in the background any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}

function view(row: PublicRow): PublicCertificate {
  return {
    certificateVersionId: row.certificate_version_id,
    certificateName: row.certificate_name,
    number: row.number,
    identifier: row.identifier,
    version: row.version,
    state: row.state,
    marks: row.marks,
    maskedHolders: row.masked_holders,
    publicFace: row.public_face,
    issuingAuthority: row.issuing_authority,
    issuingAuthorityCode: row.issuing_authority_code,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    issuedOn: row.issued_on,
    issuedAt: shanghaiInstant(row.issued_at.getTime()),
    endedAt: row.ended_at === null ? null : shanghaiInstant(row.ended_at.getTime()),
    lastInspection: row.last_inspection,
  };
}
