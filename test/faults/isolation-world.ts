import { cipherPlace } from '../../adapters/cipher/encrypted-columns';
import { sealRow } from '../../adapters/cipher/sealed-row';
import { hashPassword } from '../../adapters/postgres/organisation/password-hash';
import type { Role } from '../../domain/shared/principal';
import {
  DEMONSTRATION_ACCOUNTS,
  DEMONSTRATION_PASSWORD,
  type DemonstrationRole,
} from '../../main/demonstration/demonstration-accounts';
import { openDemonstrationAuthority, yearsLater } from '../../main/demonstration/demonstration-authority';
import { type DemonstrationDeps, demonstrationId, SEEDER } from '../../main/demonstration/demonstration-deps';
import { DEMONSTRATION_SEALS } from '../../main/demonstration/demonstration-seals';
import { demonstrationUnit } from '../../main/demonstration/demonstration-units';
import { personId } from '../../main/demonstration/seed-accounts';
import { sealId, seedSeals } from '../../main/demonstration/seed-seals';
import { optionalUnitId, unitId } from '../../main/demonstration/seed-units';
import { type Json, sample } from './agency-client';

/** An authority that issues beside the demonstration's own, so that there are rows that others must not see. */
export interface Neighbour {
  readonly unitKey: string;
  readonly catalogCode: string;
  readonly sampleName: '道路运输证' | '不动产权证书' | '建筑工程施工许可证';
  readonly agencyKeyId: string;
}

export const NEIGHBOURS: readonly Neighbour[] = [
  neighbour('transport-150622', '道路运输证', '11100000000019713D013'),
  neighbour('transport-150621', '道路运输证', '11100000000019713D013'),
  neighbour('housing-150622', '建筑工程施工许可证', '11100000000013338W009'),
  neighbour('registry-150622', '不动产权证书', '11100000MB03271699001'),
];
export const NEIGHBOUR_SECRET = 'isolation-test-agency-secret-0123456789';

function neighbour(unitKey: string, sampleName: Neighbour['sampleName'], catalogCode: string): Neighbour {
  return { unitKey, sampleName, catalogCode, agencyKeyId: `agency-${unitKey}` };
}

/** Who signs in, with the roles as they were granted; the oracle knows nothing else about anybody. */
export interface IsolationAccount {
  readonly username: string;
  readonly unitKey: string | null;
  readonly holderCode: string | null;
  readonly roles: readonly DemonstrationRole[];
}

const STAFF_ROLES: readonly Role[] = ['operator', 'reviewer', 'sealKeeper', 'windowClerk', 'investigator'];

const ADDED_ACCOUNTS: readonly IsolationAccount[] = [
  ...NEIGHBOURS.flatMap(({ unitKey }) =>
    STAFF_ROLES.map((role) =>
      account(`${role}-${unitKey}`.toLowerCase(), unitKey, role, { unitKey, areaCode: null, trade: null }),
    ),
  ),
  account('banner-150622', 'bureau-150622', 'bannerAdministrator', {
    unitKey: null,
    areaCode: '150622',
    trade: null,
  }),
  account('supervisor-150621', null, 'supervisor', { unitKey: null, areaCode: '150621', trade: null }),
  account('supervisor-transport', null, 'supervisor', { unitKey: null, areaCode: null, trade: 'transport' }),
  account('dept-transport', 'city-transport', 'departmentAdministrator', {
    unitKey: null,
    areaCode: null,
    trade: 'transport',
  }),
];

export const ACCOUNTS: readonly IsolationAccount[] = [...DEMONSTRATION_ACCOUNTS, ...ADDED_ACCOUNTS];

function account(
  username: string,
  unitKey: string | null,
  role: Role,
  scope: Omit<DemonstrationRole, 'role'>,
): IsolationAccount {
  return { username, unitKey, holderCode: null, roles: [{ role, ...scope }] };
}

/** Effect: the neighbours have staff, an agency with a key, their seal and a mandate for it. */
export async function seedNeighbours(deps: DemonstrationDeps): Promise<void> {
  const authority = await openDemonstrationAuthority(deps.keyStore, deps.clock.now());
  const units = NEIGHBOURS.map(({ unitKey }) => unitKey);
  await seedSeals(
    deps,
    authority,
    DEMONSTRATION_SEALS.filter(({ unitKey }) => units.includes(unitKey)),
  );
  const password = await hashPassword(DEMONSTRATION_PASSWORD);
  await deps.register.within(SEEDER, async (transaction) => {
    for (const one of ADDED_ACCOUNTS) {
      await transaction('person').insert(personRow(one, password));
      await transaction('role_assignment').insert(one.roles.map((role) => roleRow(deps, one, role)));
    }
    for (const one of NEIGHBOURS) {
      const { rows } = await transaction.raw<{ rows: { id: string }[] }>(
        'SELECT id FROM catalog_entry WHERE code = ?',
        [one.catalogCode],
      );
      const { system, key } = agencyRows(deps, one);
      await transaction('agency_system').insert(system);
      await transaction('agency_key').insert(key);
      await transaction('seal_use_mandate').insert(mandateRows(deps, one, rows[0]?.id ?? ''));
    }
  });
}

function personRow({ username, unitKey }: IsolationAccount, password: string): object {
  return {
    id: personId(username),
    username,
    display_name: username,
    authority_id: optionalUnitId(unitKey),
    password_hash: password,
  };
}

function roleRow(
  { integrity, clock }: DemonstrationDeps,
  { username }: IsolationAccount,
  given: DemonstrationRole,
): object {
  const row = {
    id: demonstrationId('role', username, given.role),
    person_id: personId(username),
    role: given.role,
    area_code: given.areaCode,
    authority_id: optionalUnitId(given.unitKey),
    trade: given.trade,
    granted_by: null,
    granted_at: clock.now(),
    ends_at: null,
  };
  return { ...row, ...sealRow(integrity, 'role_assignment', row) };
}

function agencyRows(
  { cipher, clock }: DemonstrationDeps,
  { unitKey, agencyKeyId }: Neighbour,
): { readonly system: object; readonly key: object } {
  const systemId = demonstrationId('agency', agencyKeyId);
  return {
    system: { id: systemId, authority_id: unitId(unitKey), name: agencyKeyId },
    key: {
      key_id: agencyKeyId,
      agency_system_id: systemId,
      slot: 1,
      secret_cipher: cipher.encrypt(NEIGHBOUR_SECRET, cipherPlace('agency_key.secret_cipher', agencyKeyId)),
      valid_from: clock.now(),
    },
  };
}

function mandateRows(
  { integrity, clock }: DemonstrationDeps,
  { unitKey }: Neighbour,
  entryId: string,
): readonly object[] {
  const now = clock.now();
  return DEMONSTRATION_SEALS.filter((seal) => seal.unitKey === unitKey).map((seal) => {
    const row = {
      id: demonstrationId('mandate', sealId(seal), entryId),
      seal_id: sealId(seal),
      catalog_entry_id: entryId,
      authority_id: unitId(unitKey),
      granted_by: personId(`sealkeeper-${unitKey}`),
      valid_from: now,
      valid_until: yearsLater(now, 1),
      volume_cap: 1_000,
      ended_at: null,
    };
    return { ...row, ...sealRow(integrity, 'seal_use_mandate', row) };
  });
}

/** A request of a neighbour; its decision and certificate name the neighbour itself. */
export function neighbourBody({ unitKey, sampleName }: Neighbour, serial: number): Json {
  const body = sample(sampleName);
  const unit = demonstrationUnit(unitKey);
  const decision = body['decision'];
  const digits = `${unit.areaCode}${unit.key.length}${String(serial).padStart(4, '0')}`;
  return {
    ...body,
    businessNumber: `${unit.key}-${serial}`,
    decision: typeof decision === 'object' ? { ...decision, organ: unit.name } : decision,
    face: { ...uniqueFace(sampleName, digits, serial, body) },
  };
}

function uniqueFace(name: Neighbour['sampleName'], digits: string, serial: number, body: Json): object {
  const face = typeof body['face'] === 'object' ? body['face'] : {};
  switch (name) {
    case '道路运输证':
      return { ...face, 道路运输证号: digits, 车辆号牌: `蒙K·${digits.slice(4, 6)}${digits.slice(-3)}` };
    case '建筑工程施工许可证':
      return { ...face, 编号: digits.padEnd(18, '0') };
    case '不动产权证书':
      return { ...face, 不动产单元号: `150622001001GB00001F${String(serial).padStart(8, '0')}` };
  }
}
