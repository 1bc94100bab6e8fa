import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { cipherPlace } from '../../adapters/cipher/encrypted-columns';
import { sealRow } from '../../adapters/cipher/sealed-row';
import { loadRules } from '../../adapters/postgres/catalog/catalog-rules';
import { PostgresIssuanceLedger } from '../../adapters/postgres/issuance/issuance-ledger';
import { PostgresProductionLedger } from '../../adapters/postgres/issuance/production-ledger';
import { deterministicId } from '../../adapters/postgres/register/deterministic-id';
import { openRegister, type Register } from '../../adapters/postgres/register/register';
import { seedReferenceData } from '../../adapters/postgres/register/seed-reference-data';
import { PostgresSealingLedger } from '../../adapters/postgres/sealing/sealing-ledger';
import type { CatalogDefinition } from '../../domain/catalog/catalog-entry';
import { creditCodeCheckCharacter } from '../../domain/certificate/unified-credit-code';
import { parseIssuanceRequest } from '../../domain/issuance/parse-issuance-request';
import type { Standing } from '../../ports/issuance-ledger';
import type { NewSealingIntent } from '../../ports/production-ledger';
import type { OpenIntent, RedeemedIntent } from '../../ports/sealing-ledger';
import { aTransportBody, TRANSPORT_FACE } from './issuance-bodies';
import {
  addAuthority,
  addCatalogEntry,
  addIssuance,
  addPerson,
  addSeal,
  assignRole,
  CIPHER,
  entitle,
  INTEGRITY,
  NOON,
  nextNumber,
  SYSTEM,
  TestClock,
} from './register-rows';
import type { TestDatabase } from './test-database';
import { createTestDatabase } from './test-database';

/** Rows that count or lease by themselves, and are no effect of a step. */
const NOT_COMPARED = new Set(['event_log_pending']);

export interface LineCase {
  readonly issuanceId: string;
  readonly authorityId: string;
  readonly operatorId: string;
  readonly reviewerId: string;
  readonly sealId: string;
  readonly mandateId: string;
}

/**
 * The line of an issuance over the real register, step by step as its activities take it, without a conductor and without
 * files: digests stand for what the store would hold. A case can be brought to any step.
 */
export class LedgerLine {
  readonly register: Register;
  readonly clock = new TestClock();
  readonly #database: TestDatabase;

  private constructor(database: TestDatabase, register: Register) {
    this.#database = database;
    this.register = register;
  }

  static async open(): Promise<LedgerLine> {
    const database = await createTestDatabase();
    const register = await openRegister(database.appUrl, { poolMax: 4 });
    await seedReferenceData(register, INTEGRITY, NOON);
    return new LedgerLine(database, register);
  }

  get issuance(): PostgresIssuanceLedger {
    return new PostgresIssuanceLedger(this.options);
  }
  get production(): PostgresProductionLedger {
    return new PostgresProductionLedger(this.options);
  }
  get sealing(): PostgresSealingLedger {
    return new PostgresSealingLedger(this.options);
  }
  get options() {
    return { register: this.register, cipher: CIPHER, integrity: INTEGRITY, clock: this.clock };
  }

  async close(): Promise<void> {
    await this.register.destroy();
    await this.#database.drop();
  }

  /** A case that has just been received, of a type and an authority of its own. */
  async aCase(
    override: Partial<CatalogDefinition> = {},
    columns: Readonly<Record<string, unknown>> = {},
  ): Promise<LineCase> {
    return this.register.within(SYSTEM, async (trx) => {
      const n = nextNumber();
      const head = `91150602MA0L${String(n).padStart(5, '0')}`;
      const authorityId = await addAuthority(trx, { credit_code: head + creditCodeCheckCharacter(head) });
      const code = `1110000000001971${Math.floor(n / 900) % 10}D${String(100 + (n % 900))}`;
      const entry = await addCatalogEntry(trx, { code, ...override });
      await entitle(trx, entry.entryId, authorityId);
      const operatorId = await addPerson(trx, { authority_id: authorityId });
      const reviewerId = await addPerson(trx, { authority_id: authorityId });
      await assignRole(trx, reviewerId, 'reviewer', { authority_id: authorityId });
      const sealId = await addSeal(trx, authorityId);
      const mandateId = deterministicId('test mandate', sealId);
      const mandate = {
        id: mandateId,
        seal_id: sealId,
        catalog_entry_id: entry.entryId,
        authority_id: authorityId,
        granted_by: operatorId,
        valid_from: new Date('2026-01-01T00:00:00+08:00'),
        valid_until: new Date('2027-01-01T00:00:00+08:00'),
        volume_cap: 10,
        ended_at: null,
      };
      await trx('seal_use_mandate').insert({
        ...mandate,
        ...sealRow(INTEGRITY, 'seal_use_mandate', mandate),
      });
      const rules = await loadRules(trx, INTEGRITY, code, authorityId, '2026-11-23');
      if (!rules.ok) throw new Error(rules.refusal.code);
      const plate = `蒙K·T${String(n).padStart(4, '0')}`;
      const number = String(150602000000 + n);
      const face = { ...TRANSPORT_FACE, 车辆号牌: plate, 道路运输证号: number };
      const body = aTransportBody({ catalogCode: code, businessNumber: `L-${n}`, face });
      const decision =
        body.decision === null ? null : { ...body.decision, organ: rules.value.authority.name };
      const parsed = parseIssuanceRequest({ ...body, decision }, rules.value, this.clock.now().getTime());
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
      const world = {
        authorityId,
        trade: 'transport',
        operatorId,
        entryId: entry.entryId,
        versionId: entry.versionId,
      };
      const issuanceId = await addIssuance(trx, world, {
        business_number: body.businessNumber,
        uniqueness_digest: CIPHER.lookup('uniqueness', parsed.value.uniquenessKey),
        ...columns,
      });
      await trx('issuance')
        .where({ id: issuanceId })
        .update({
          request_cipher: CIPHER.encrypt(
            JSON.stringify(parsed.value.request),
            cipherPlace('issuance.request_cipher', issuanceId),
          ),
        });
      return { issuanceId, authorityId, operatorId, reviewerId, sealId, mandateId };
    });
  }

  /** Brings a case to `approved` without a reviewer. */
  async approved(one: LineCase): Promise<void> {
    await this.issuance.admit(one.issuanceId);
    await this.issuance.recordComparison(one.issuanceId, { outcome: 'same', differences: [] });
    await this.issuance.openReview(one.issuanceId);
  }

  /** ③ as its activity takes it: the order, then the intents of the seal that comes next. */
  async prepare(issuanceId: string): Promise<Standing> {
    const order = await this.production.order(issuanceId);
    if (order.kind !== 'order') return order.standing;
    const { next } = order;
    if (next.kind === 'wait') return this.production.awaitSeal(issuanceId, next.why);
    if (next.kind === 'complete') return this.sealing.completeSealing(issuanceId);
    return this.production.recordIntents(issuanceId, next.seal, [this.intent('ofd'), this.intent('pdf')]);
  }

  intent(fileKind: 'ofd' | 'pdf'): NewSealingIntent {
    const toBeSigned = randomBytes(32);
    return {
      id: deterministicId('test intent', toBeSigned.toString('hex')),
      fileKind,
      containerDigest: digestOf(toBeSigned, 'container'),
      containerSizeBytes: 1000,
      toBeSigned,
      finishing: {},
      signedAtClaim: this.clock.now(),
    };
  }

  /** ④ as its activity takes it, with a signature that is no signature. */
  async redeem(issuanceId: string): Promise<Standing> {
    const open = await this.sealing.openIntents(issuanceId);
    return this.sealing.redeem(issuanceId, open.map(redeemed));
  }

  /** Brings a case to `issued`. */
  async issued(one: LineCase): Promise<void> {
    await this.approved(one);
    await this.prepare(one.issuanceId);
    await this.redeem(one.issuanceId);
    await this.sealing.completeSealing(one.issuanceId);
    const { state } = await this.sealing.issue(one.issuanceId);
    if (state !== 'issued') throw new Error(`the case is ${state}`);
  }

  /** Every row of every table, so that a repetition that changed anything shows. */
  async everything(): Promise<Readonly<Record<string, readonly string[]>>> {
    const client = new Client({ connectionString: this.#database.superuserUrl });
    await client.connect();
    try {
      const tables = await client.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
         ORDER BY c.relname`,
      );
      const rows: Record<string, readonly string[]> = {};
      for (const { name } of tables.rows.filter((table) => !NOT_COMPARED.has(table.name))) {
        const quoted = client.escapeIdentifier(name);
        const found = await client.query<{ row: string }>(
          `SELECT to_jsonb(t)::text AS row FROM ${quoted} t ORDER BY 1`,
        );
        rows[name] = found.rows.map(({ row }) => row);
      }
      return rows;
    } finally {
      await client.end();
    }
  }

  /**
   * Does a step, then again as after a worker that was killed between the effect and its report: both answer the same,
   * and the second leaves every row as it was. Out: the answer.
   */
  async twice<Answer>(step: () => Promise<Answer>): Promise<Answer> {
    const before = await this.everything();
    const first = await step();
    const after = await this.everything();
    expect(after).not.toEqual(before);
    this.clock.advance(1_000);
    expect(await step()).toEqual(first);
    expect(await this.everything()).toEqual(after);
    return first;
  }
}

/** What redeeming an intent brings, without a key. */
export function redeemed({ id, fileKind, toBeSigned }: OpenIntent): RedeemedIntent {
  return {
    intentId: id,
    signature: Buffer.from(digestOf(toBeSigned, fileKind), 'hex'),
    sealedDigest: digestOf(toBeSigned, 'sealed'),
    sealedSizeBytes: 2000,
  };
}

function digestOf(bytes: Uint8Array, what: string): string {
  return createHash('sha256').update(bytes).update(what).digest('hex');
}
