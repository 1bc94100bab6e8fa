import { legalDate } from '../../shared/legal-date';
import type { CatalogDefinition } from '../catalog-entry';
import { LOCAL_PLACEHOLDER } from './defining-authorities';
import { CREDIT_CODE_RULE, date, issueDate, issuingOrgan, text } from './face-fields';

/** 营业执照: produced nationally; here it is mirrored and never issued. */
export const BUSINESS_LICENCE: CatalogDefinition = {
  code: '00000000000000000X002',
  name: '营业执照',
  definingAuthority: LOCAL_PLACEHOLDER,
  issuingAuthority: '市场监督管理部门',
  standardLevel: 'national',
  catalogueClass: 'certificate',
  publicity: 'public',
  ingestionStartsOn: legalDate('2022-10-01'),
  handling: 'mirror',
  trade: 'market',
  administrativeLicence: false,
  periodicInspection: false,
  serviceItems: [],
  holderKinds: ['legalPerson', 'unincorporated'],
  holders: { several: false, shares: 'none', withoutCodeAllowed: false, maxHolders: 1 },
  templateCode: null,
  validityRule: { kind: 'asTheRight' },
  uniquenessKey: ['统一社会信用代码'],
  numberedBy: { by: 'agency', element: '统一社会信用代码' },
  reviewPolicy: { kind: 'none' },
  requiredSeals: [],
  notClassifiedDeclaration: null,
  faceSchema: [
    text('统一社会信用代码', 'TYSHXYDM', {
      ...CREDIT_CODE_RULE,
      metadata: 'ZZBH',
      publicOnVerification: true,
    }),
    text('名称', 'MC', { metadata: 'CZZT', publicOnVerification: true }),
    text('类型', 'LX', { publicOnVerification: true }),
    text('法定代表人', 'FDDBR', { maxLength: 50, mask: 'name', publicOnVerification: true }),
    text('注册资本', 'ZCZB', { maxLength: 60, required: false, publicOnVerification: true }),
    date('成立日期', 'CLRQ'),
    text('营业期限', 'YYQX', { maxLength: 60, publicOnVerification: true }),
    text('住所', 'ZS', { maxLength: 200, publicOnVerification: true }),
    text('经营范围', 'JYFW', { maxLength: 5000, multiline: true, publicOnVerification: true }),
    issuingOrgan('登记机关', 'DJJG'),
    issueDate('核准日期', 'HZRQ'),
  ],
};
