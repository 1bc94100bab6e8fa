import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SAMPLE_NAMES = ['道路运输证', '建筑工程施工许可证', '不动产权证书'] as const;
export type SampleName = (typeof SAMPLE_NAMES)[number];

type Face = Readonly<Record<string, unknown>>;
export type IssuanceBody = Readonly<Record<string, unknown>> & {
  readonly catalogCode: string;
  readonly businessNumber: string;
  readonly face: Face;
};

export interface BodyOverride {
  readonly face?: Face;
  readonly [name: string]: unknown;
}

const FOLDER = join(__dirname, '..', '..', '..', 'samples', 'issuances');
let counter = 0;

/** The committed sample as it is. */
export function sampleIssuance(name: SampleName): IssuanceBody {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
}

/**
 * The sample with a business number, certificate number and subject of its own, so that several can be issued side
 * by side; a test overrides what it is about (elements of the face one by one).
 */
export function anIssuance(name: SampleName = '道路运输证', override: BodyOverride = {}): IssuanceBody {
  counter += 1;
  const sample = sampleIssuance(name);
  const six = String(200_000 + counter);
  const { face, ...rest } = override;
  return {
    ...sample,
    businessNumber: `150602-2026-${six}`,
    ...rest,
    face: { ...sample.face, ...ownSubject(name, six), ...face },
  };
}

function ownSubject(name: SampleName, six: string): Face {
  switch (name) {
    case '道路运输证':
      return { 道路运输证号: `150602${six}`, 车辆号牌: `蒙K·${six.slice(1)}` };
    case '建筑工程施工许可证':
      return { 编号: `150602202611${six}`, 工程名称: `第${six}号综合楼` };
    case '不动产权证书':
      return { 不动产单元号: `150602001001GB00001F0${six}0`.slice(0, 28) };
  }
}
