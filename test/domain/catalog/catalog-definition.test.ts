import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import { checkCatalogDefinition } from '../../../domain/catalog/check-catalog-definition';
import { diffCatalogVersions } from '../../../domain/catalog/diff-catalog-versions';
import type { FaceField } from '../../../domain/catalog/face-schema';
import { checkFaceSchema } from '../../../domain/catalog/face-schema';
import {
  applyCatalogTransition,
  availableCatalogTransitions,
  CATALOG_VERSION_STATES,
} from '../../../domain/catalog/lifecycle';
import { legalDate } from '../../../domain/shared/legal-date';
import { aDefinition } from './a-definition';
import { aTextField } from './a-face';

function pointers(override: Partial<CatalogDefinition>): string[] {
  return checkCatalogDefinition(aDefinition(override)).map(({ pointer }) => pointer);
}

describe('a catalogue definition', () => {
  it('that is complete has no problem', () => {
    expect(checkCatalogDefinition(aDefinition())).toEqual([]);
  });

  it.each<[string, Partial<CatalogDefinition>]>([
    ['/code', { code: '1110000000001971' }],
    ['/definingAuthority/code', { code: '11100000MB03271699001' }],
    ['/name', { name: ' ' }],
    ['/notClassifiedDeclaration', { notClassifiedDeclaration: null }],
    ['/holderKinds', { holderKinds: [] }],
    [
      '/holders',
      { holders: { several: false, shares: 'optional', withoutCodeAllowed: false, maxHolders: 1 } },
    ],
    ['/holders', { holders: { several: true, shares: 'none', withoutCodeAllowed: false, maxHolders: 1 } }],
    ['/numberedBy/element', { numberedBy: { by: 'agency', element: '备注' } }],
    ['/numberedBy/pattern', { numberedBy: { by: 'register', pattern: '第{sequence}号' } }],
    ['/uniquenessKey', { uniquenessKey: [] }],
    ['/uniquenessKey/0', { uniquenessKey: ['颜色'] }],
    [
      '/uniquenessKey/0',
      { uniquenessKey: ['道路运输证号'], numberedBy: { by: 'register', pattern: '{sequence:7}' } },
    ],
    ['/requiredSeals', { requiredSeals: [] }],
    [
      '/requiredSeals/0/ordinal',
      { requiredSeals: [{ ordinal: 2, organ: 'issuingAuthority', kind: 'official' }] },
    ],
    ['/requiredSeals/0/organ', { requiredSeals: [{ ordinal: 1, organ: '某局', kind: 'official' }] }],
    ['/templateCode', { templateCode: null }],
    ['/reviewPolicy/percent', { reviewPolicy: { kind: 'sample', percent: 0 } }],
    ['/reviewPolicy/percent', { reviewPolicy: { kind: 'sample', percent: Number.NaN } }],
  ])('is refused at %s', (pointer, override) => {
    expect(pointers(override)).toContain(pointer);
  });
});

describe('a face schema', () => {
  const problemsOf = (field: FaceField) => checkFaceSchema([field]).length;

  it('may say a text in Mongolian as well, once, and nothing but a text', () => {
    const [chinese, mongolian] = [
      aTextField({ name: '工程名称', code: 'GCMC' }),
      { ...aTextField({ name: '工程名称蒙古文', code: 'GCMC_MGW' }), mongolianOf: '工程名称' },
    ];
    expect(checkFaceSchema([chinese, mongolian])).toEqual([]);
    const second = { ...mongolian, name: '工程又一蒙古文', code: 'GCMC_MGW2' };
    expect(checkFaceSchema([chinese, mongolian, second])).toHaveLength(2);
    expect(checkFaceSchema([mongolian])).toHaveLength(1);
    const date: FaceField = { ...mongolian, kind: 'date' };
    expect(checkFaceSchema([chinese, date])).toHaveLength(1);
  });

  it.each([
    aTextField({ name: '<b>' }),
    aTextField({ name: '__proto__' }),
    aTextField({ code: 'dwmc' }),
    aTextField({ maxLength: 0 }),
    aTextField({ pattern: '[0-9', patternMessage: '数字' }),
    aTextField({ pattern: '[0-9]+' }),
    aTextField({ pattern: '(a+)+', patternMessage: '字母' }),
    aTextField({ pattern: '(?:[a-z]{2,})*b', patternMessage: '字母' }),
    aTextField({ pattern: '(a)\\1', patternMessage: '重复' }),
    aTextField({ pattern: 'a'.repeat(301), patternMessage: '长' }),
  ])('with the element %p is refused', (field) => {
    expect(problemsOf(field)).toBeGreaterThan(0);
  });

  it('refuses the same name or code twice, also among columns, and no elements at all', () => {
    expect(checkFaceSchema([aTextField(), aTextField({ code: 'XX' })])).toHaveLength(1);
    expect(checkFaceSchema([aTextField(), aTextField({ name: '名称' })])).toHaveLength(1);
    expect(checkFaceSchema([])).toHaveLength(1);
  });

  it('refuses a list of values that is empty or has one twice', () => {
    const choice = (values: readonly string[]): FaceField => ({
      kind: 'enumeration',
      name: '性别',
      code: 'XB',
      required: true,
      mask: 'none',
      publicOnVerification: true,
      values,
    });
    expect([[], ['男', '男'], ['男', '女']].map((values) => problemsOf(choice(values)))).toEqual([1, 1, 0]);
  });

  it('accepts a plain pattern with a message', () => {
    expect(
      problemsOf(aTextField({ pattern: '[0-9]{3,12}(?:-[0-9]{3,8})?', patternMessage: '应为电话' })),
    ).toBe(0);
  });
});

describe('the difference between two catalogue versions', () => {
  it('is nothing between equal definitions', () => {
    expect(diffCatalogVersions(aDefinition(), aDefinition())).toEqual([]);
  });

  it('reads as Chinese sentences for the approver', () => {
    const before = aDefinition();
    const [first, ...others] = before.faceSchema;
    const after = aDefinition({
      name: '道路运输证(新)',
      reviewPolicy: { kind: 'sample', percent: 20 },
      faceSchema: [...others, aTextField({ name: '车辆识别代号', code: 'VIN' })],
    });
    const sentences = diffCatalogVersions(before, after).map(({ sentence }) => sentence);
    expect(sentences).toEqual([
      '证照名称由“道路运输证”改为“道路运输证(新)”',
      '审核方式由“不经人工审核”改为“抽查 20%”',
      expect.stringMatching(new RegExp(`^删除照面要素“${first?.name}”，原为：代码 DLYSZH`)),
      '新增照面要素“车辆识别代号”：代码 VIN、文本，不超过 20 字、必填、不脱敏、核验时公开',
    ]);
  });

  it('sees every part of a definition', () => {
    const base = aDefinition();
    const changes: Partial<CatalogDefinition>[] = [
      { code: '11100000000019713D014' },
      { definingAuthority: { ...base.definingAuthority, name: '别的部' } },
      { issuingAuthority: '别的局' },
      { standardLevel: 'city' },
      { catalogueClass: 'proof' },
      { publicity: 'notPublic' },
      { ingestionStartsOn: legalDate('2026-01-01') },
      { handling: 'collect' },
      { trade: 'market' },
      { administrativeLicence: false },
      { periodicInspection: false },
      { serviceItems: [{ name: '核发', code: '1' }] },
      { holderKinds: ['naturalPerson'] },
      { holders: { ...base.holders, withoutCodeAllowed: true } },
      { templateCode: 'other' },
      { validityRule: { kind: 'longTerm' } },
      { uniquenessKey: ['holder'] },
      { numberedBy: { by: 'register', pattern: '{sequence:7}' } },
      { requiredSeals: [{ ordinal: 1, organ: 'issuingAuthority', kind: 'official' }] },
      { notClassifiedDeclaration: null },
      { faceSchema: base.faceSchema.toReversed() },
    ];
    for (const change of changes) expect(diffCatalogVersions(base, aDefinition(change))).toHaveLength(1);
  });
});

describe('life of a catalogue version', () => {
  it('goes from draft over review and approval to publication, and is superseded', () => {
    expect(applyCatalogTransition('draft', 'submit')).toEqual({ ok: true, value: 'underReview' });
    expect(applyCatalogTransition('underReview', 'approve')).toEqual({ ok: true, value: 'approved' });
    expect(applyCatalogTransition('approved', 'publish')).toEqual({ ok: true, value: 'published' });
    expect(applyCatalogTransition('published', 'supersede')).toEqual({ ok: true, value: 'superseded' });
  });

  it('never publishes what was not approved and never edits what was published', () => {
    for (const state of CATALOG_VERSION_STATES) {
      expect(applyCatalogTransition(state, 'publish').ok).toBe(state === 'approved');
      const backToDraft = availableCatalogTransitions(state).filter((operation) => {
        const next = applyCatalogTransition(state, operation);
        return next.ok && next.value === 'draft';
      });
      if (state === 'published' || state === 'superseded') expect(backToDraft).toEqual([]);
    }
  });
});
