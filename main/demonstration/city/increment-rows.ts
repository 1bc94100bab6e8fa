import type { IncrementCells } from '../../../domain/ingestion/increment-columns';
import { addDays, type LegalDate } from '../../../domain/shared/legal-date';
import { demonstrationUnit } from '../demonstration-units';
import { CITY_COMPANIES, CITY_PERSONS, type CityCompany, type CityHolder } from './city-people';
import { lastDayOfYears } from './office-days';
import { SeededChoice } from './seeded-choice';

/** A type that a unit reports day by day. */
export interface IncrementSource {
  readonly unitKey: string;
  readonly catalogCode: string;
  /** Rows of a working day; 0 is a zero report. */
  readonly mostRowsPerDay: number;
  /** The n-th row of the source, as the unit's own system writes it. */
  readonly row: (about: RowAbout) => IncrementCells;
}

export interface RowAbout {
  readonly source: string;
  /** Counts within the source from 0, whatever the day. */
  readonly serial: number;
  readonly on: LegalDate;
}

const SAFETY_PERSONS = CITY_PERSONS.slice(60, 240);

/** The six of the demonstration: collected from the region, mirrored from the country, or made in a unit's own system. */
export const INCREMENT_SOURCES: readonly IncrementSource[] = [
  {
    unitKey: 'city-housing',
    catalogCode: '11100000000013338W050',
    mostRowsPerDay: 3,
    row: (about) => {
      const company = companyOf(about);
      return {
        ...common(about, `蒙JZ安许证字〔${about.on.slice(0, 4)}〕${serialOf(about, 6)}`, company, 3),
        主要负责人: company.representative,
        单位地址: company.address,
        经济类型: '有限责任公司',
        许可范围: '建筑施工',
      };
    },
  },
  {
    unitKey: 'city-housing',
    catalogCode: '11100000000013338W032',
    mostRowsPerDay: 5,
    row: (about) => {
      const person = personOf(about);
      return {
        ...common(about, `蒙A0${about.on.slice(0, 4)}${serialOf(about, 6)}`, person, 2),
        性别: sexOf(person),
        操作类别: choiceOf(about).of([
          '建筑电工',
          '建筑架子工(普通脚手架)',
          '塔式起重机司机',
          '施工升降机司机',
        ]),
        初次领证日期: asOfficesWrite(about),
      };
    },
  },
  {
    unitKey: 'city-housing',
    catalogCode: '11100000000013338W011',
    mostRowsPerDay: 4,
    row: (about) => {
      const person = personOf(about);
      const company = companyOf(about);
      return {
        ...common(about, `蒙建安B(${about.on.slice(0, 4)})${serialOf(about, 7)}`, person, 3),
        性别: sexOf(person),
        出生日期: birthOf(person),
        企业名称: company.name,
        统一社会信用代码: company.code,
        岗位类别: choiceOf(about).of(['A', 'B', 'C1', 'C2', 'C3']),
        初次领证日期: about.on,
      };
    },
  },
  {
    unitKey: 'city-market',
    catalogCode: '00000000000000000X002',
    mostRowsPerDay: 4,
    row: (about) => businessLicence(about),
  },
  {
    unitKey: 'city-market',
    catalogCode: '00000000000000000X001',
    mostRowsPerDay: 3,
    row: (about) => {
      const company = companyOf(about);
      return {
        ...common(about, `JY3150603${serialOf(about, 7)}`, company, 5),
        法定代表人: company.representative,
        住所: company.address,
        经营场所: `鄂尔多斯市康巴什区演示街${about.serial + 1}号`,
        主体业态: '餐饮服务经营者',
        经营项目: '热食类食品制售',
        监督管理机构: '康巴什区市场监督管理所(演示)',
        投诉举报电话: '12315',
        签发人: '演示签发人',
      };
    },
  },
  {
    unitKey: 'city-health',
    catalogCode: '00000000000000000X005',
    mostRowsPerDay: 2,
    row: (about) => {
      const company = companyOf(about);
      return {
        ...common(about, `康卫公证字〔${about.on.slice(0, 4)}〕第${serialOf(about, 5)}号`, company, 4),
        法定代表人: company.representative,
        地址: company.address,
        许可项目: choiceOf(about).of(['旅店', '理发店、美容店', '公共浴室']),
      };
    },
  },
];

/** A licence of each company once: in the country's register a company has one. */
export const MIRRORED_COMPANIES = CITY_COMPANIES.length;

/** The row of a company's 营业执照 as it is mirrored. */
export function businessLicence(about: RowAbout): IncrementCells {
  const company = CITY_COMPANIES[about.serial % MIRRORED_COMPANIES] ?? companyOf(about);
  return {
    业务编号: businessNumber(about),
    统一社会信用代码: company.code,
    核准日期: asOfficesWrite(about),
    名称: company.name,
    持证主体代码类型: '统一社会信用代码',
    持证主体代码: company.code,
    类型: '有限责任公司(自然人投资或控股)',
    法定代表人: company.representative,
    注册资本: `${100 + (about.serial % 40) * 50}万元`,
    成立日期: addDays(about.on, -400 - about.serial * 7),
    营业期限: '长期',
    住所: company.address,
    经营范围: '依法须经批准的项目，经相关部门批准后方可开展经营活动(演示)',
  };
}

function common(about: RowAbout, number: string, holder: CityHolder, years: number): IncrementCells {
  return {
    业务编号: businessNumber(about),
    证照编号: number,
    发证日期: asOfficesWrite(about),
    有效期起: about.on,
    有效期止: lastDayOfYears(about.on, years),
    持证主体名称: holder.name,
    // A citizen number may by chance pass as a credit code as well: then only its type says which it is.
    持证主体代码类型: holder.kind === 'person' ? '身份证' : '统一社会信用代码',
    持证主体代码: holder.code,
  };
}

function businessNumber({ source, serial }: RowAbout): string {
  const [unitKey = '', catalogCode = ''] = source.split('/');
  return `${demonstrationUnit(unitKey).areaCode}-演增${catalogCode.slice(-4)}-${String(serial).padStart(4, '0')}`;
}

function serialOf({ serial }: RowAbout, digits: number): string {
  return String(serial + 1).padStart(digits, '0');
}

/** 2026-03-05, 2026年3月5日 and 2026/3/5 say the same, and all occur. */
function asOfficesWrite(about: RowAbout): string {
  const [year = '', month = '', day = ''] = about.on.split('-');
  return choiceOf(about).of(
    [about.on, `${year}年${Number(month)}月${Number(day)}日`, `${year}/${Number(month)}/${Number(day)}`],
    'form',
  );
}

/** The digit before the check character of a citizen number: odd for men (GB 11643). */
function sexOf({ code }: CityHolder): string {
  return Number(code.charAt(16)) % 2 === 1 ? '男' : '女';
}

function birthOf({ code }: CityHolder): string {
  return `${code.slice(6, 10)}-${code.slice(10, 12)}-${code.slice(12, 14)}`;
}

function choiceOf({ source, serial }: RowAbout): SeededChoice {
  return new SeededChoice(`increment/${source}/${serial}`);
}

function companyOf(about: RowAbout): CityCompany {
  return choiceOf(about).of(CITY_COMPANIES, 'company');
}

function personOf(about: RowAbout): CityHolder {
  return choiceOf(about).of(SAFETY_PERSONS, 'person');
}
