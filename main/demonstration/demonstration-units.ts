import type { Trade } from '../../domain/catalog/catalog-entry';
import { BANNER_AREAS, CITY_AREA, CITY_AREA_NAMES } from '../../domain/shared/area-code';
import { fictitiousCreditCode } from './fictitious-codes';

/** A unit of the demonstration city; other units are named by their key. */
export interface DemonstrationUnit {
  readonly key: string;
  readonly name: string;
  readonly creditCode: string;
  readonly kind: 'administrativeOrgan' | 'publicInstitution';
  readonly level: 'city' | 'banner';
  readonly areaCode: string;
  readonly trade: Trade | null;
  readonly isIssuing: boolean;
  readonly parentKey: string | null;
  readonly competentDepartmentKey: string | null;
  /** After a merger: who took over. */
  readonly successorKey: string | null;
  readonly activeUntil: string | null;
}

type UnitDraft = Omit<DemonstrationUnit, 'creditCode'>;

export const CITY_BUREAU = 'city-bureau';
/** 东胜区行政审批和政务服务局: banner bureau and, under 一枚印章管审批, issuer of other trades' types. */
export const DONGSHENG_BUREAU = 'bureau-150602';

/** Approval bureaus: banner bureaus to which the right to license was transferred (相对集中行政许可权). */
const APPROVAL_BUREAU_AREAS: ReadonlySet<string> = new Set(['150602', '150622']);
const TRADE_BUREAU_AREAS = ['150621', '150622', '150623', '150624', '150625', '150626', '150627'] as const;
const REGISTRY_AREAS = ['150602', '150622', '150627'] as const;

const CITY_DEPARTMENTS: readonly (readonly [string, string, Trade | null])[] = [
  ['city-housing', '鄂尔多斯市住房和城乡建设局', 'housing'],
  ['city-transport', '鄂尔多斯市交通运输局', 'transport'],
  ['city-natural-resources', '鄂尔多斯市自然资源局', 'naturalResources'],
  ['city-market', '鄂尔多斯市市场监督管理局', 'market'],
  ['city-health', '鄂尔多斯市卫生健康委员会', 'health'],
  ['city-labour', '鄂尔多斯市人力资源和社会保障局', null],
  ['city-water', '鄂尔多斯市水利局', null],
  ['city-emergency', '鄂尔多斯市应急管理局', null],
];

const HOSPITALS: readonly (readonly [string, string, string])[] = [
  ['hospital-city', '鄂尔多斯市演示中心医院', CITY_AREA],
  ['hospital-150602', '东胜区演示人民医院', '150602'],
  ['hospital-150622', '准格尔旗演示人民医院', '150622'],
];

const plain = {
  kind: 'administrativeOrgan',
  competentDepartmentKey: null,
  successorKey: null,
  activeUntil: null,
  trade: null,
} as const;

const DRAFTS: readonly UnitDraft[] = [
  {
    ...plain,
    key: CITY_BUREAU,
    name: '鄂尔多斯市行政审批和政务服务局',
    level: 'city',
    areaCode: CITY_AREA,
    isIssuing: false,
    parentKey: null,
  },
  ...BANNER_AREAS.map((area) => ({
    ...plain,
    key: `bureau-${area}`,
    name: `${areaName(area)}行政审批和政务服务局`,
    level: 'banner' as const,
    areaCode: area,
    isIssuing: APPROVAL_BUREAU_AREAS.has(area),
    parentKey: CITY_BUREAU,
  })),
  ...CITY_DEPARTMENTS.map(([key, name, trade]) => ({
    ...plain,
    key,
    name,
    level: 'city' as const,
    areaCode: CITY_AREA,
    trade,
    isIssuing: trade !== null,
    parentKey: null,
  })),
  ...TRADE_BUREAU_AREAS.map((area) => tradeBureau(area, 'housing', '住房和城乡建设局', 'city-housing')),
  ...TRADE_BUREAU_AREAS.map((area) => tradeBureau(area, 'transport', '交通运输局', 'city-transport')),
  registry('registry-city', '鄂尔多斯市不动产登记中心', CITY_AREA),
  ...REGISTRY_AREAS.map((area) => registry(`registry-${area}`, `${areaName(area)}不动产登记中心`, area)),
  registry('registry-150625', '杭锦旗不动产登记中心', '150625'),
  // Merged in the spring: its certificates are looked after by the successor.
  {
    ...registry('registry-150625-former', '杭锦旗不动产登记交易服务所', '150625'),
    isIssuing: false,
    successorKey: 'registry-150625',
    activeUntil: '2026-04-01',
  },
  ...HOSPITALS.map(([key, name, area]) => ({
    ...plain,
    key,
    name,
    kind: 'publicInstitution' as const,
    level: area === CITY_AREA ? ('city' as const) : ('banner' as const),
    areaCode: area,
    trade: 'health' as const,
    isIssuing: true,
    parentKey: 'city-health',
    competentDepartmentKey: 'city-health',
  })),
];

/** The 41 units of the demonstration; names of real bureaus stand beside credit codes that nobody was given. */
export const DEMONSTRATION_UNITS: readonly DemonstrationUnit[] = DRAFTS.map((draft, index) => ({
  ...draft,
  creditCode: fictitiousCreditCode(
    draft.areaCode,
    index + 1,
    draft.kind === 'administrativeOrgan' ? 'organ' : 'institution',
  ),
}));

/** The unit of a key; throws for a key that the demonstration does not have. */
export function demonstrationUnit(key: string): DemonstrationUnit {
  const unit = DEMONSTRATION_UNITS.find((candidate) => candidate.key === key);
  if (unit === undefined) throw new RangeError(`no demonstration unit ${key}`);
  return unit;
}

function tradeBureau(area: string, trade: Trade, title: string, departmentKey: string): UnitDraft {
  return {
    ...plain,
    key: `${trade}-${area}`,
    name: `${areaName(area)}${title}`,
    level: 'banner',
    areaCode: area,
    trade,
    isIssuing: true,
    parentKey: null,
    competentDepartmentKey: departmentKey,
  };
}

function registry(key: string, name: string, area: string): UnitDraft {
  return {
    ...plain,
    key,
    name,
    kind: 'publicInstitution',
    level: area === CITY_AREA ? 'city' : 'banner',
    areaCode: area,
    trade: 'naturalResources',
    isIssuing: true,
    parentKey: 'city-natural-resources',
    competentDepartmentKey: 'city-natural-resources',
  };
}

function areaName(code: string): string {
  const name = new Map<string, string>(Object.entries(CITY_AREA_NAMES)).get(code);
  if (name === undefined) throw new RangeError(`no area ${code}`);
  return name;
}
