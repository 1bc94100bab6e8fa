import { sealRow } from '../../../adapters/cipher/sealed-row';
import { deterministicId } from '../../../adapters/postgres/register/deterministic-id';
import type { Role } from '../../../domain/shared/principal';
import { SEEDER } from '../../../main/demonstration/demonstration-deps';
import { DONGSHENG_BUREAU } from '../../../main/demonstration/demonstration-units';
import { personId } from '../../../main/demonstration/seed-accounts';
import { unitId } from '../../../main/demonstration/seed-units';
import type { Foundation } from '../../../main/foundation';

/** Effect: a demonstration account has one more role from now on, in the 东胜 bureau unless another unit is named. */
export async function hasRole(
  { register, integrity, clock }: Pick<Foundation, 'register' | 'integrity' | 'clock'>,
  username: string,
  role: Role,
  unitKey: string = DONGSHENG_BUREAU,
): Promise<void> {
  const row = {
    id: deterministicId('test assignment', username, role, unitKey),
    person_id: personId(username),
    role,
    area_code: unitKey === DONGSHENG_BUREAU ? '150602' : null,
    authority_id: unitId(unitKey),
    trade: null,
    granted_by: null,
    granted_at: clock.now(),
    ends_at: null,
  };
  await register.within(SEEDER, (transaction) =>
    transaction('role_assignment').insert({ ...row, ...sealRow(integrity, 'role_assignment', row) }),
  );
}
