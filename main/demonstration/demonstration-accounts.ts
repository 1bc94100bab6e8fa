import type { Role } from '../../domain/shared/principal';
import { CITY_BUREAU, DONGSHENG_BUREAU } from './demonstration-units';
import { fictitiousCitizenNumber, fictitiousCreditCode } from './fictitious-codes';

/** The one password of all demonstration accounts; public on purpose, refused in production. */
export const DEMONSTRATION_PASSWORD = 'Demo-2026!';

export interface DemonstrationRole {
  readonly role: Role;
  /** Null: every area, authority or trade. */
  readonly areaCode: string | null;
  readonly unitKey: string | null;
  readonly trade: string | null;
}

export interface DemonstrationAccount {
  readonly username: string;
  readonly displayName: string;
  readonly unitKey: string | null;
  /** The code of the holder this account stands for. */
  readonly holderCode: string | null;
  readonly roles: readonly DemonstrationRole[];
}

const everywhere = { areaCode: null, unitKey: null, trade: null } as const;
const ofDongsheng = { areaCode: '150602', unitKey: DONGSHENG_BUREAU, trade: null } as const;

function staff(username: string, displayName: string, ...roles: readonly Role[]): DemonstrationAccount {
  return {
    username,
    displayName,
    unitKey: DONGSHENG_BUREAU,
    holderCode: null,
    roles: roles.map((role) => ({ role, ...ofDongsheng })),
  };
}

function official(
  username: string,
  displayName: string,
  unitKey: string,
  role: DemonstrationRole,
): DemonstrationAccount {
  return { username, displayName, unitKey, holderCode: null, roles: [role] };
}

/** Holder of the sample 不动产权证书 (half of it). */
export const HOLDER1_CODE = fictitiousCitizenNumber('1985-03-12', 12);
/** Holder of the sample 道路运输证. */
export const COMPANY1_CODE = '91150602MA0DEM013X';
export const PARTNER1_CREDIT_CODE = fictitiousCreditCode('150602', 901, 'company');

/** The accounts that people script against; names are fictitious. Reviewers are never the operator of their case. */
export const DEMONSTRATION_ACCOUNTS: readonly DemonstrationAccount[] = [
  official('city', '其木格', CITY_BUREAU, { role: 'cityAdministrator', ...everywhere }),
  official('supervisor', '高建军', CITY_BUREAU, { role: 'supervisor', ...everywhere }),
  official('dongsheng', '乌云毕力格', DONGSHENG_BUREAU, {
    role: 'bannerAdministrator',
    ...everywhere,
    areaCode: '150602',
  }),
  official('dept-housing', '刘志强', 'city-housing', {
    role: 'departmentAdministrator',
    ...everywhere,
    trade: 'housing',
  }),
  staff('operator1', '苏日娜', 'operator'),
  staff('window1', '萨仁', 'windowClerk', 'operator'),
  staff('reviewer1', '陈晓燕', 'reviewer'),
  staff('reviewer2', '朝鲁', 'reviewer'),
  staff('investigator1', '韩雪梅', 'investigator'),
  staff('sealkeeper1', '布和', 'sealKeeper'),
  {
    username: 'partner1',
    displayName: '赵敏(东胜示例银行)',
    unitKey: null,
    holderCode: null,
    roles: [{ role: 'relyingPartyUser', ...everywhere }],
  },
  {
    username: 'holder1',
    displayName: '阿拉腾其其格',
    unitKey: null,
    holderCode: HOLDER1_CODE,
    roles: [{ role: 'holder', ...everywhere }],
  },
  {
    username: 'company1',
    displayName: '鄂尔多斯市草原通达物流有限公司',
    unitKey: null,
    holderCode: COMPANY1_CODE,
    roles: [{ role: 'holder', ...everywhere }],
  },
  official('sysadmin', '系统管理员', CITY_BUREAU, { role: 'systemAdministrator', ...everywhere }),
  official('secadmin', '安全管理员', CITY_BUREAU, { role: 'securityAdministrator', ...everywhere }),
  official('auditor', '审计员', CITY_BUREAU, { role: 'auditor', ...everywhere }),
];
