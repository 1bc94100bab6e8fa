import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN_DEFINITIONS } from '../../domain/catalog/built-in/built-in-definitions';
import { findClassifiedMark } from '../../domain/catalog/classified-mark';
import type { IssuanceRequestBody } from '../../domain/issuance/parse-issuance-request';
import { parseIssuanceRequest } from '../../domain/issuance/parse-issuance-request';
import { DONGSHENG_BUREAU, demonstrationUnit } from '../../main/demonstration/demonstration-units';

const folder = join(__dirname, '../../samples/issuances');
const authority = demonstrationUnit(DONGSHENG_BUREAU);
const receivedMs = Date.parse('2026-11-23T10:00:00+08:00');

function sampleOf(fileName: string): IssuanceRequestBody {
  const sample: IssuanceRequestBody = JSON.parse(readFileSync(join(folder, fileName), 'utf8'));
  // The API fills in what a request may leave out.
  return { ...sample, backEntryReason: null };
}

function parse(sample: IssuanceRequestBody) {
  const definition = BUILT_IN_DEFINITIONS.find(({ code }) => code === sample.catalogCode);
  if (definition === undefined) throw new Error(`no built-in type ${sample.catalogCode}`);
  return { definition, parsed: parseIssuanceRequest(sample, { definition, authority }, receivedMs) };
}

describe('the sample requests', () => {
  const fileNames = readdirSync(folder).sort();

  it('are one each of the three types of the walk-through', () => {
    expect(fileNames).toEqual(['不动产权证书.json', '建筑工程施工许可证.json', '道路运输证.json'].sort());
  });

  it.each(fileNames)('%s is accepted by the built-in catalogue and bears no secrecy mark', (fileName) => {
    const sample = sampleOf(fileName);
    const { definition, parsed } = parse(sample);
    expect(parsed).toMatchObject({ ok: true });
    expect(`${definition.name}.json`).toBe(fileName);
    expect(findClassifiedMark(sample)).toBeNull();
  });

  it.each(fileNames)('%s is of a type that the city issues and that goes straight through', (fileName) => {
    const { definition } = parse(sampleOf(fileName));
    expect(definition.handling).toBe('issue');
    expect(definition.reviewPolicy.kind).toBe('none');
  });

  it('has two owners with shares that make a whole on the 不动产权证书', () => {
    const { parsed } = parse(sampleOf('不动产权证书.json'));
    if (!parsed.ok) throw new Error('refused');
    expect(parsed.value.request.holders.map(({ share }) => share)).toEqual(['1/2', '1/2']);
    expect(parsed.value.request.face['权利人']).toHaveLength(2);
  });

  it('is refused as soon as one digit of a holder is wrong', () => {
    const sample = sampleOf('不动产权证书.json');
    const holders = sample.holders.map((holder) => ({ ...holder, code: '150699198503120122' }));
    const { parsed } = parse({ ...sample, holders });
    expect(parsed).toMatchObject({ ok: false, refusal: [{ pointer: '/holders/0/code' }, {}] });
  });
});
