import { legalDate } from '../../shared/legal-date';
import type { CatalogDefinition } from '../catalog-entry';
import { LOCAL_PLACEHOLDER } from './defining-authorities';
import { certificateNumber, issueDate, issuingOrgan, text, validUntil } from './face-fields';

/** 食品经营许可证: to organisations and persons, five years. */
export const FOOD_BUSINESS_LICENCE: CatalogDefinition = {
  code: '00000000000000000X001',
  name: '食品经营许可证',
  definingAuthority: LOCAL_PLACEHOLDER,
  issuingAuthority: '市场监督管理部门或行政审批局',
  standardLevel: 'national',
  catalogueClass: 'certificate',
  publicity: 'public',
  ingestionStartsOn: legalDate('2022-10-01'),
  handling: 'issue',
  trade: 'market',
  administrativeLicence: true,
  periodicInspection: false,
  serviceItems: [],
  holderKinds: ['naturalPerson', 'legalPerson', 'unincorporated'],
  holders: { several: false, shares: 'none', withoutCodeAllowed: false, maxHolders: 1 },
  templateCode: '00000000000000000X001',
  validityRule: { kind: 'years', maximumYears: 5, exact: false },
  uniquenessKey: ['许可证编号'],
  numberedBy: { by: 'agency', element: '许可证编号' },
  reviewPolicy: { kind: 'always' },
  requiredSeals: [{ ordinal: 1, organ: 'issuingAuthority', kind: 'approval' }],
  dependsOn: [{ kind: 'holder', catalogCode: '00000000000000000X002' }],
  notClassifiedDeclaration: null,
  faceSchema: [
    text('经营者名称', 'JYZMC', { metadata: 'CZZT', publicOnVerification: true }),
    text('社会信用代码', 'SHXYDM', {
      maxLength: 40,
      pattern: '[0-9A-Z]{2,40}',
      patternMessage: '应为统一社会信用代码，个人填写身份证件号码',
      mask: 'identityNumber',
      metadata: 'CZZTDM',
    }),
    text('法定代表人', 'FDDBR', { maxLength: 50, mask: 'name' }),
    text('住所', 'ZS', { maxLength: 200, mask: 'address' }),
    text('经营场所', 'JYCS', { maxLength: 200, publicOnVerification: true }),
    text('主体业态', 'ZTYT', { publicOnVerification: true }),
    text('经营项目', 'JYXM', { maxLength: 500, multiline: true, publicOnVerification: true }),
    certificateNumber('许可证编号', 'XKZBH', 'JY[0-9]{14}', '应为 JY 加 14 位数字'),
    text('监督管理机构', 'JDGLJG', { publicOnVerification: true }),
    text('监督管理人员', 'JDGLRY', { maxLength: 100, required: false, mask: 'name' }),
    text('投诉举报电话', 'TSJBDH', {
      maxLength: 20,
      pattern: '[0-9]{3,12}(?:-[0-9]{3,8})?',
      patternMessage: '应为电话号码，例如 12315 或 0477-0012345',
      publicOnVerification: true,
    }),
    issuingOrgan('发证机关', 'FZJG'),
    text('签发人', 'QFR', { maxLength: 50, mask: 'name' }),
    issueDate('签发日期', 'QFRQ'),
    validUntil('有效期至', 'YXQZ'),
  ],
};
