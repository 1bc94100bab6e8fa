import type { LegalDate } from '../shared/legal-date';
import type { FaceSchema } from './face-schema';

/** 标准级别 (art. 7). */
export const STANDARD_LEVELS = ['national', 'autonomousRegion', 'city', 'banner'] as const;
export type StandardLevel = (typeof STANDARD_LEVELS)[number];
export const STANDARD_LEVEL_NAMES = {
  national: '国家',
  autonomousRegion: '自治区',
  city: '市',
  banner: '旗区',
} as const satisfies Record<StandardLevel, string>;

/** Class of a catalogue entry, following GB/T 36902 as read from deployed implementations. */
export const CATALOGUE_CLASSES = ['certificate', 'approval', 'proof', 'material', 'credential'] as const;
export type CatalogueClass = (typeof CATALOGUE_CLASSES)[number];
export const CATALOGUE_CLASS_NAMES = {
  certificate: '证照',
  approval: '批文',
  proof: '证明',
  material: '材料',
  credential: '证件',
} as const satisfies Record<CatalogueClass, string>;

/** 类目公开属性 (art. 7): whether the existence of the type and its face is public; never the data of a certificate. */
export const PUBLICITIES = ['public', 'onApplication', 'notPublic'] as const;
export type Publicity = (typeof PUBLICITIES)[number];
export const PUBLICITY_NAMES = {
  public: '公开',
  onApplication: '依申请公开',
  notPublic: '不公开',
} as const satisfies Record<Publicity, string>;

/** How certificates of the type come into the register. */
export const HANDLINGS = ['issue', 'collect', 'mirror'] as const;
export type Handling = (typeof HANDLINGS)[number];
export const HANDLING_NAMES = {
  issue: '本市制发',
  collect: '归集',
  mirror: '镜像',
} as const satisfies Record<Handling, string>;

/** 持证主体类型 (art. 7). */
export const HOLDER_CATEGORIES = ['naturalPerson', 'legalPerson', 'unincorporated'] as const;
export type HolderCategory = (typeof HOLDER_CATEGORIES)[number];
export const HOLDER_CATEGORY_NAMES = {
  naturalPerson: '自然人',
  legalPerson: '法人',
  unincorporated: '非法人组织',
} as const satisfies Record<HolderCategory, string>;

export const ENTITLEMENT_MODES = ['synchronous', 'dailyIncrement'] as const;
export type EntitlementMode = (typeof ENTITLEMENT_MODES)[number];
export const ENTITLEMENT_MODE_NAMES = {
  synchronous: '同步制发',
  dailyIncrement: '每日增量归集',
} as const satisfies Record<EntitlementMode, string>;

export const SEAL_KINDS = ['official', 'approval', 'certificate', 'registration'] as const;
export type SealKind = (typeof SEAL_KINDS)[number];
/** The seals of art. 11; under 一枚印章管审批 an approval bureau seals other trades' types. */
export const SEAL_KIND_NAMES = {
  official: '公章',
  approval: '审批专用章',
  certificate: '证照专用章',
  registration: '登记专用章',
} as const satisfies Record<SealKind, string>;

/** The trades (条线) of this city's certificate types, each with its competent department. */
export const TRADES = ['housing', 'transport', 'naturalResources', 'market', 'health'] as const;
export type Trade = (typeof TRADES)[number];
export const TRADE_NAMES = {
  housing: '住房城乡建设',
  transport: '交通运输',
  naturalResources: '自然资源',
  market: '市场监管',
  health: '卫生健康',
} as const satisfies Record<Trade, string>;

export interface DefiningAuthority {
  readonly name: string;
  /** Unified social credit code; the first 18 characters of the type code. */
  readonly code: string;
  readonly level: StandardLevel;
}

export interface ServiceItemReference {
  readonly name: string;
  readonly code: string;
}

export interface HolderRule {
  readonly several: boolean;
  /** `optional`: shares may be given, and then every holder has one and they make a whole. */
  readonly shares: 'none' | 'optional' | 'required';
  /** For a type whose holder has no code yet (a new-born). */
  readonly withoutCodeAllowed: boolean;
  readonly maxHolders: number;
}

/**
 * How long a certificate of the type lasts. `years`: at most that many years from its first day;
 * `longTerm`: no end date; `asTheRight`: an end date or none, as the underlying right has it.
 */
export type ValidityRule =
  | { readonly kind: 'years'; readonly maximumYears: number; readonly exact: boolean }
  | { readonly kind: 'longTerm' }
  | { readonly kind: 'asTheRight' };

/** Who gives the number: the agency in a face element, or the register by a pattern (then gapless). */
export type NumberingRule =
  | { readonly by: 'agency'; readonly element: string }
  | { readonly by: 'register'; readonly pattern: string };

export type ReviewPolicy =
  | { readonly kind: 'always' }
  | { readonly kind: 'sample'; readonly percent: number }
  | { readonly kind: 'none' };

/** How ① compares a request with the agency's own record (art. 8). */
export type ComparisonRule =
  | { readonly kind: 'api' }
  | { readonly kind: 'manual'; readonly document: string }
  | { readonly kind: 'none'; readonly reason: string };

/** One seal that the finished file must carry; with several the issue is final only when all have sealed. */
export interface RequiredSeal {
  readonly ordinal: number;
  /** `issuingAuthority`, or the unified social credit code of the organ that joins the issue. */
  readonly organ: string;
  readonly kind: SealKind;
}

/** Art. 3: somebody answers for the type holding no state secret. */
export interface NotClassifiedDeclaration {
  readonly declaredBy: string;
  readonly declaredOn: LegalDate;
}

/** A paper that entitles an authority or exempts a type: 划转文件, delegation, legal exemption, technical finding. */
export interface LegalBasis {
  readonly name: string;
  readonly number: string;
  readonly date: LegalDate | null;
  readonly note: string | null;
}

/** Art. 8 knows two: by law, which does not end, and by technical finding, which does. */
export type SynchronyExemption =
  | { readonly kind: 'byLaw'; readonly basis: LegalBasis }
  | {
      readonly kind: 'technicalFinding';
      readonly findingBody: string;
      readonly basis: LegalBasis;
      readonly expiresOn: LegalDate;
    };

/** One authority may issue the type in some areas between two dates (half-open), on some basis. */
export interface Entitlement {
  readonly authorityCode: string;
  /** Six-digit areas in which the authority acts. */
  readonly areas: readonly string[];
  readonly from: LegalDate;
  /** First day on which it no longer holds; null while it lasts. */
  readonly until: LegalDate | null;
  readonly basis: LegalBasis;
  readonly mode: EntitlementMode;
  /** Obligatory beside `dailyIncrement`. */
  readonly exemption: SynchronyExemption | null;
  readonly comparison: ComparisonRule;
  /** The name that stands for the area in a number pattern, such as 东胜区. */
  readonly areaName: string;
}

/**
 * A type without which a certificate of this one loses its ground. `holder`: the same holder's certificate of that type
 * (营业执照); `number`: that certificate of the holder whose number stands in a face element (经营许可证号).
 */
export type Dependency =
  | { readonly kind: 'holder'; readonly catalogCode: string }
  | { readonly kind: 'number'; readonly catalogCode: string; readonly element: string };

/** What one version of a catalogue entry (发证目录) says: every item of art. 7 and what practice adds. */
export interface CatalogDefinition {
  /** 21 characters: credit code of the defining organ and three digits. */
  readonly code: string;
  readonly name: string;
  readonly definingAuthority: DefiningAuthority;
  /** Who issues, in words, as the published catalogue says; the entitlements say who exactly. */
  readonly issuingAuthority: string;
  readonly standardLevel: StandardLevel;
  readonly catalogueClass: CatalogueClass;
  readonly publicity: Publicity;
  /** 归集起始时间. */
  readonly ingestionStartsOn: LegalDate;
  readonly handling: Handling;
  readonly administrativeLicence: boolean;
  readonly periodicInspection: boolean;
  /** 条线: the trade by whose competent department the type is overseen; a part of everybody's scope. */
  readonly trade: Trade;
  readonly serviceItems: readonly ServiceItemReference[];
  readonly holderKinds: readonly HolderCategory[];
  readonly holders: HolderRule;
  readonly faceSchema: FaceSchema;
  /** Null for a type whose files come from elsewhere. */
  readonly templateCode: string | null;
  readonly validityRule: ValidityRule;
  /** Face elements, or `holder`, whose values may be live on one certificate only. */
  readonly uniquenessKey: readonly string[];
  readonly numberedBy: NumberingRule;
  readonly reviewPolicy: ReviewPolicy;
  readonly requiredSeals: readonly RequiredSeal[];
  /** What certificates of this type rest on; when that ends, people look at them (never an automatic ending). */
  readonly dependsOn?: readonly Dependency[];
  /** Null only in a draft: a version without it is not published. */
  readonly notClassifiedDeclaration: NotClassifiedDeclaration | null;
}
