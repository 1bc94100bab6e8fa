import type { Branded } from './brand';
import type { Result } from './result';
import { accepted, refused } from './result';

/** Six-digit code of an area (行政区划). */
export type AreaCode = Branded<string, 'AreaCode'>;

export const CITY_AREA = '150600' as AreaCode;

/** The city with its two districts and seven banners. */
export const CITY_AREA_NAMES = {
  '150600': '鄂尔多斯市',
  '150602': '东胜区',
  '150603': '康巴什区',
  '150621': '达拉特旗',
  '150622': '准格尔旗',
  '150623': '鄂托克前旗',
  '150624': '鄂托克旗',
  '150625': '杭锦旗',
  '150626': '乌审旗',
  '150627': '伊金霍洛旗',
} as const satisfies Record<string, string>;

/** The banners and districts, without the city itself. */
export const BANNER_AREAS: readonly AreaCode[] = Object.keys(CITY_AREA_NAMES)
  .filter((code) => code !== CITY_AREA)
  .map((code) => code as AreaCode);

/** Reads an area of this city; refuses another one, since nobody here may act there. */
export function parseAreaCode(
  text: string,
): Result<AreaCode, { readonly code: 'areaUnknown'; readonly expected: string }> {
  return Object.hasOwn(CITY_AREA_NAMES, text)
    ? accepted(text as AreaCode)
    : refused({ code: 'areaUnknown', expected: '应为鄂尔多斯市或其旗区的六位行政区划代码' });
}

/** The name of an area of this city, or null for any other code. */
export function areaName(code: string): string | null {
  return new Map<string, string>(Object.entries(CITY_AREA_NAMES)).get(code) ?? null;
}

/** Whether somebody entitled in `outer` is thereby entitled in `inner`: the city covers its banners, each covers itself. */
export function areaCovers(outer: string, inner: string): boolean {
  return outer === inner || (outer.endsWith('00') && outer.slice(0, 4) === inner.slice(0, 4));
}
