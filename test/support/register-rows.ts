import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { DataKey, DataKeys } from '../../adapters/cipher/data-keys';
import { cipherPlace } from '../../adapters/cipher/encrypted-columns';
import { Sm3RowIntegrity } from '../../adapters/cipher/row-integrity';
import { type SealedValues, sealRow } from '../../adapters/cipher/sealed-row';
import { Sm4PersonalDataCipher } from '../../adapters/cipher/sm4-personal-data-cipher';
import { sealedCatalogVersion } from '../../adapters/postgres/catalog/catalog-version-row';
import { deterministicId } from '../../adapters/postgres/register/deterministic-id';
import { ROAD_TRANSPORT_CERTIFICATE } from '../../domain/catalog/built-in/road-transport-certificate';
import type { CatalogDefinition } from '../../domain/catalog/catalog-entry';
import { legalDate } from '../../domain/shared/legal-date';
import type {
  AgencyPrincipal,
  HolderPrincipal,
  PersonPrincipal,
  Role,
  Scope,
  SystemPrincipal,
} from '../../domain/shared/principal';
import { NO_SCOPE } from '../../domain/shared/principal';
import type { Clock } from '../../ports/clock';

/** The product itself, as tests act for it. */
export const SYSTEM: SystemPrincipal = { kind: 'system', component: 'test' };
export const NOON = new Date('2026-11-23T12:00:00+08:00');

/** A clock that a test sets. */
export class TestClock implements Clock {
  #now: Date;
  constructor(now: Date = NOON) {
    this.#now = now;
  }
  now(): Date {
    return this.#now;
  }
  advance(durationMs: number): void {
    this.#now = new Date(this.#now.getTime() + durationMs);
  }
  /** To where the next of several stories begins, which have nothing in common. */
  moveTo(instant: Date): void {
    this.#now = instant;
  }
}

export function testDataKey(seed: number, lookupSeed = 99): DataKey {
  return {
    encryptionKey: Buffer.alloc(16, seed),
    macKey: Buffer.alloc(32, seed + 1),
    lookupKey: Buffer.alloc(32, lookupSeed),
  };
}

export function testDataKeys(currentKeyId = 'k1'): DataKeys {
  return {
    currentKeyId,
    keys: new Map([
      ['k1', testDataKey(1)],
      ['k2', testDataKey(11)],
    ]),
  };
}

export const CIPHER = new Sm4PersonalDataCipher(testDataKeys());
export const INTEGRITY = new Sm3RowIntegrity(testDataKeys());

let counter = 0;
/** A number that no other row of this test file has. */
export function nextNumber(): number {
  counter += 1;
  return counter;
}

type Columns = Readonly<Record<string, unknown>>;

/** Inserts an authority; out: its id. */
export async function addAuthority(transaction: Knex.Transaction, columns: Columns = {}): Promise<string> {
  const n = nextNumber();
  const id = deterministicId('test authority', n, randomBytes(8).toString('hex'));
  await transaction('authority').insert({
    id,
    credit_code: `91150602TEST${String(n).padStart(6, '0')}`,
    name: `第${n}审批局`,
    kind: 'administrativeOrgan',
    level: 'banner',
    area_code: '150602',
    is_issuing: true,
    active_from: '2020-01-01',
    ...columns,
  });
  return id;
}

/** Inserts a person without a usable password; out: the id. */
export async function addPerson(transaction: Knex.Transaction, columns: Columns = {}): Promise<string> {
  const n = nextNumber();
  const id = deterministicId('test person', n, randomBytes(8).toString('hex'));
  await transaction('person').insert({
    id,
    username: `person${n}-${randomBytes(4).toString('hex')}`,
    display_name: `某${n}`,
    password_hash: 'none',
    ...columns,
  });
  return id;
}

export async function assignRole(
  transaction: Knex.Transaction,
  personId: string,
  role: Role,
  columns: Partial<SealedValues<'role_assignment'>> = {},
): Promise<string> {
  const id = deterministicId('test assignment', nextNumber(), personId);
  const row = {
    person_id: personId,
    role,
    area_code: null,
    authority_id: null,
    trade: null,
    granted_by: null,
    granted_at: new Date('2026-01-01T00:00:00+08:00'),
    ends_at: null,
    ...columns,
    id,
  };
  await transaction('role_assignment').insert({ ...row, ...sealRow(INTEGRITY, 'role_assignment', row) });
  return id;
}

/** A definition that may be published: somebody has declared it not classified. */
export function definition(overrides: Partial<CatalogDefinition> = {}): CatalogDefinition {
  return {
    ...ROAD_TRANSPORT_CERTIFICATE,
    notClassifiedDeclaration: { declaredBy: '某人', declaredOn: legalDate('2026-01-01') },
    ...overrides,
  };
}

/** Inserts a type with one published version; out: both ids. */
export async function addCatalogEntry(
  transaction: Knex.Transaction,
  overrides: Partial<CatalogDefinition> = {},
): Promise<{ readonly entryId: string; readonly versionId: string }> {
  const wanted = definition({
    code: `11100000000019713D${String(nextNumber()).padStart(3, '0')}`,
    ...overrides,
  });
  const entryId = deterministicId('test entry', wanted.code);
  const versionId = deterministicId('test version', wanted.code);
  await transaction('catalog_entry').insert({ id: entryId, code: wanted.code, trade: wanted.trade });
  await transaction('catalog_entry_version').insert(
    sealedCatalogVersion(INTEGRITY, {
      id: versionId,
      catalog_entry_id: entryId,
      version: 1,
      state: 'published',
      definition: wanted,
      effective_from: legalDate('2026-01-01'),
      drafted_by: null,
      approved_by: null,
      created_at: NOON,
      published_at: NOON,
    }),
  );
  return { entryId, versionId };
}

export async function entitle(
  transaction: Knex.Transaction,
  entryId: string,
  authorityId: string,
  columns: Columns = {},
): Promise<void> {
  await transaction('catalog_entitlement').insert({
    catalog_entry_id: entryId,
    authority_id: authorityId,
    areas: ['150602'],
    area_name: '东胜区',
    valid_from: '2026-01-01',
    basis: JSON.stringify({ name: '划转文件', number: '1号', date: null, note: null }),
    mode: 'synchronous',
    comparison: JSON.stringify({ kind: 'none', reason: '测试' }),
    recorded_at: NOON,
    ...columns,
  });
}

export interface CaseWorld {
  readonly authorityId: string;
  readonly trade: string;
  readonly operatorId: string;
  readonly entryId: string;
  readonly versionId: string;
}

/** An authority with an operator and a type: what an issuance row needs to exist. */
export async function addWorld(transaction: Knex.Transaction): Promise<CaseWorld> {
  const authorityId = await addAuthority(transaction);
  const operatorId = await addPerson(transaction, { authority_id: authorityId });
  const { entryId, versionId } = await addCatalogEntry(transaction);
  return { authorityId, trade: 'transport', operatorId, entryId, versionId };
}

/** Inserts an issuance case of a world; out: its id. */
export async function addIssuance(
  transaction: Knex.Transaction,
  world: CaseWorld,
  columns: Columns = {},
): Promise<string> {
  const id = deterministicId('test issuance', nextNumber(), world.authorityId);
  await transaction('issuance').insert({
    id,
    state: 'received',
    origin: 'form',
    authority_id: world.authorityId,
    trade: world.trade,
    catalog_entry_id: world.entryId,
    catalog_entry_version_id: world.versionId,
    operator_id: world.operatorId,
    business_number: `B-${nextNumber()}`,
    decided_at: NOON,
    request_cipher: CIPHER.encrypt('{}', cipherPlace('issuance.request_cipher', id)),
    uniqueness_digest: randomBytes(32),
    received_at: NOON,
    updated_at: NOON,
    ...columns,
  });
  return id;
}

export interface CertificateIds {
  readonly issuanceId: string;
  readonly certificateId: string;
  readonly versionId: string;
  readonly code: string;
  readonly identifier: string;
  readonly number: string;
}

const FACE = { 业户名称: '张三丰', 车辆号牌: '蒙K·T1234' };

/** Inserts an issued certificate with one holder; out: its ids and its verification code. */
export async function addCertificate(
  transaction: Knex.Transaction,
  world: CaseWorld,
  holder: { readonly name: string; readonly code: string } = { name: '张三丰', code: '91150602MA0DEM013X' },
  columns: Columns = {},
): Promise<CertificateIds> {
  const issuanceId = await addIssuance(transaction, world);
  const n = nextNumber();
  const certificateId = deterministicId('test certificate', issuanceId);
  const versionId = deterministicId('test certificate version', issuanceId);
  const [code, identifier, number] = [
    `code-${n}-${issuanceId}`,
    `1.2.156.3005.2.TEST.${n}.${issuanceId}`,
    `道-${n}`,
  ];
  await transaction('certificate').insert({
    id: certificateId,
    catalog_entry_id: world.entryId,
    authority_id: world.authorityId,
    trade: world.trade,
    number,
    created_by_issuance_id: issuanceId,
    created_at: NOON,
  });
  const place = cipherPlace('certificate_version.face_cipher', versionId);
  await transaction('certificate_version').insert({
    id: versionId,
    certificate_id: certificateId,
    authority_id: world.authorityId,
    trade: world.trade,
    version: '001',
    identifier: identifier.toUpperCase(),
    state: 'awaitingSeal',
    catalog_entry_version_id: world.versionId,
    issuance_id: issuanceId,
    face_cipher: CIPHER.encrypt(JSON.stringify(FACE), place),
    masked_face: JSON.stringify({ 业户名称: '张**', 车辆号牌: '蒙K·T1234' }),
    public_face: JSON.stringify({ 业户名称: '张**' }),
    masked_holders: JSON.stringify([{ name: '张**', code: null, share: null }]),
    verification_code_digest: CIPHER.lookup('verificationCode', code),
    verification_code_cipher: CIPHER.encrypt(
      code,
      cipherPlace('certificate_version.verification_code_cipher', versionId),
    ),
    valid_from: '2026-11-23',
    valid_until: '2030-11-22',
    issued_on: '2026-11-23',
    prepared_at: NOON,
  });
  await transaction('certificate_holder').insert({
    certificate_version_id: versionId,
    ordinal: 1,
    authority_id: world.authorityId,
    trade: world.trade,
    kind: 'person',
    name_cipher: CIPHER.encrypt(holder.name, cipherPlace('certificate_holder.name_cipher', versionId, 1)),
    name_lookup: CIPHER.lookup('holderName', holder.name),
    code_type: '111',
    code_cipher: CIPHER.encrypt(holder.code, cipherPlace('certificate_holder.code_cipher', versionId, 1)),
    code_lookup: CIPHER.lookup('holderCode', holder.code),
  });
  await transaction('certificate_version')
    .where({ id: versionId })
    .update({ state: 'inForce', issued_at: NOON, ...columns });
  await transaction('issuance').where({ id: issuanceId }).update({
    state: 'issued',
    closed_at: NOON,
    certificate_id: certificateId,
    certificate_version_id: versionId,
  });
  return { issuanceId, certificateId, versionId, code, identifier: identifier.toUpperCase(), number };
}

/** Inserts a seal in use; out: its id. */
export async function addSeal(
  transaction: Knex.Transaction,
  authorityId: string,
  columns: Columns = {},
): Promise<string> {
  const row = {
    id: deterministicId('test seal', nextNumber(), authorityId),
    authority_id: authorityId,
    name: '审批专用章',
    kind: 'approval',
    state: 'inUse',
    electronic_seal: Buffer.from([1]),
    ofd_key_id: 'key1',
    ofd_certificate: Buffer.from([2]),
    pdf_key_id: 'key2',
    pdf_certificate: Buffer.from([3]),
    pdf_chain: [Buffer.from([4])],
    valid_from: new Date('2026-01-01T00:00:00+08:00'),
    valid_until: new Date('2029-01-01T00:00:00+08:00'),
    ...columns,
  };
  await transaction('seal').insert({
    pdf_appearance: '<svg/>',
    width_mm: 40,
    height_mm: 40,
    ...row,
    ...sealRow(INTEGRITY, 'seal', row),
  });
  return row.id;
}

export function person(overrides: {
  readonly personId: string;
  readonly authorityId?: string | null;
  readonly roles?: readonly Role[];
  readonly scope?: Partial<Scope>;
}): PersonPrincipal {
  return {
    kind: 'person',
    personId: overrides.personId,
    displayName: '某人',
    authorityId: overrides.authorityId ?? null,
    roles: overrides.roles ?? [],
    scope: { ...NO_SCOPE, ...overrides.scope },
  };
}

export function agency(authorityId: string): AgencyPrincipal {
  return {
    kind: 'agency',
    agencySystemId: deterministicId('test agency', authorityId),
    keyId: 'test-key',
    authorityId,
    scope: { ...NO_SCOPE, authorityIds: [authorityId] },
  };
}

export function holder(code: string, personId: string): HolderPrincipal {
  return {
    kind: 'holder',
    personId,
    displayName: '持证人',
    holderLookup: CIPHER.lookup('holderCode', code).toString('hex'),
  };
}
