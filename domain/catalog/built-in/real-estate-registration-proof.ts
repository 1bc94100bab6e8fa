import { legalDate } from '../../shared/legal-date';
import type { CatalogDefinition } from '../catalog-entry';
import { LOCAL_PLACEHOLDER } from './defining-authorities';
import { issueDate, issuingOrgan, text } from './face-fields';

/** 不动产登记证明: proves a mortgage, an advance notice or an objection; several may stand on one unit. */
export const REAL_ESTATE_REGISTRATION_PROOF: CatalogDefinition = {
  code: '00000000000000000X004',
  name: '不动产登记证明',
  definingAuthority: LOCAL_PLACEHOLDER,
  issuingAuthority: '不动产登记机构',
  standardLevel: 'national',
  catalogueClass: 'proof',
  publicity: 'public',
  ingestionStartsOn: legalDate('2022-10-01'),
  handling: 'issue',
  trade: 'naturalResources',
  administrativeLicence: false,
  periodicInspection: false,
  serviceItems: [],
  holderKinds: ['naturalPerson', 'legalPerson', 'unincorporated'],
  holders: { several: true, shares: 'none', withoutCodeAllowed: false, maxHolders: 20 },
  templateCode: '00000000000000000X004',
  validityRule: { kind: 'asTheRight' },
  uniquenessKey: ['不动产单元号', '证明权利或事项', 'holder'],
  numberedBy: { by: 'register', pattern: '蒙({year}){area}不动产证明第{sequence:7}号' },
  reviewPolicy: { kind: 'always' },
  requiredSeals: [{ ordinal: 1, organ: 'issuingAuthority', kind: 'registration' }],
  notClassifiedDeclaration: null,
  faceSchema: [
    text('不动产登记证明号', 'BDCDJZMH', { maxLength: 60, metadata: 'ZZBH', publicOnVerification: true }),
    text('证明权利或事项', 'ZMQLHSX', { publicOnVerification: true }),
    text('权利人', 'QLR', { maxLength: 500, mask: 'name', metadata: 'CZZT', publicOnVerification: true }),
    text('义务人', 'YWR', { maxLength: 500, mask: 'name' }),
    text('坐落', 'ZL', { maxLength: 200, mask: 'address', publicOnVerification: true }),
    text('不动产单元号', 'BDCDYH', {
      maxLength: 31,
      pattern: '[0-9]{6} ?[0-9]{6} ?[A-Z]{2}[0-9]{5} ?[A-Z][0-9]{8}',
      patternMessage: '应为 28 位不动产单元代码，可按段加空格',
      publicOnVerification: true,
    }),
    text('其他', 'QT', { maxLength: 1000, multiline: true, required: false }),
    text('附记', 'FJ', { maxLength: 1000, multiline: true, required: false }),
    issuingOrgan('登记机构', 'DJJG'),
    issueDate('登记日期', 'DJRQ'),
  ],
};
