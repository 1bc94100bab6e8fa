import fc from 'fast-check';
import { correctedRequest } from '../../../domain/anomaly/corrected-request';
import {
  fieldObjectedTooOften,
  readClaims,
  UPHELD_BEFORE_LIMIT,
  whereToJoin,
} from '../../../domain/anomaly/objection';
import { recordedValues } from '../../../domain/anomaly/recorded-values';
import { replyParagraphs } from '../../../domain/anomaly/reply-text';
import { introducedIn, versionsWithSameValue } from '../../../domain/anomaly/same-value';
import { ROAD_TRANSPORT_CERTIFICATE } from '../../../domain/catalog/built-in/road-transport-certificate';
import type { IssuanceRequest } from '../../../domain/issuance/issuance-request';
import { legalDate } from '../../../domain/shared/legal-date';

const DEFINITION = ROAD_TRANSPORT_CERTIFICATE;
const SCHEMA = DEFINITION.faceSchema;
const fields = fc.uniqueArray(fc.constantFrom('甲', '乙', '丙', '丁', '戊'), { minLength: 1 });

function aRequest(over: Partial<IssuanceRequest> = {}): IssuanceRequest {
  return {
    catalogCode: DEFINITION.code,
    businessNumber: 'B-1',
    decidedAt: '2026-11-23T09:30:00+08:00',
    decision: null,
    holders: [
      { kind: 'organisation', name: '甲公司', codeType: '001', code: '91150602MA0DEM013X', share: null },
    ],
    face: { 车辆类型: '重型半挂牵引车', 业户名称: '甲公司', 发证日期: '2026-11-23' },
    validFrom: legalDate('2026-11-23'),
    validUntil: null,
    issuedOn: legalDate('2026-11-23'),
    operator: { name: '苏日娜', id: '1' },
    agent: null,
    acceptingAuthority: null,
    attachmentIds: [],
    callbackUrl: null,
    backEntryReason: null,
    ...over,
  };
}

const correction = (values: Readonly<Record<string, unknown>>, disputed = Object.keys(values)) =>
  correctedRequest(aRequest(), DEFINITION, {
    values,
    disputed,
    investigator: { name: '韩雪梅', id: '2' },
    decidedAt: '2026-11-24T09:30:00+08:00',
  });

describe('an objection', () => {
  it('names elements by name or code and comes back in the order of the face', () => {
    const [first, second] = SCHEMA;
    const claims = readClaims(SCHEMA, [
      { field: second?.code ?? '', ground: 'accuracy', claimedValue: null },
      { field: first?.name ?? '', ground: 'timeliness', claimedValue: 'x' },
    ]);
    expect(claims.ok && claims.value.map(({ field }) => field)).toEqual([first?.name, second?.name]);
  });

  it('is refused where it names an element that is not there, or one twice', () => {
    const claims = readClaims(SCHEMA, [
      { field: '不存在', ground: 'accuracy', claimedValue: null },
      { field: '车辆类型', ground: 'accuracy', claimedValue: null },
      { field: '车辆类型', ground: 'completeness', claimedValue: null },
    ]);
    expect(!claims.ok && claims.refusal.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/claims/0/field', 'unknownElement'],
      ['/claims/2/field', 'givenTwice'],
    ]);
  });

  it('joins the case that disputes one of its fields, and no field is ever disputed in two cases', () => {
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 12 }), (objections) => {
        const open: { caseId: string; fields: string[] }[] = [];
        for (const objected of objections) {
          const place = whereToJoin(objected, open);
          if (place.kind === 'newCase') open.push({ caseId: String(open.length), fields: [...objected] });
          if (place.kind === 'join') {
            const joined = open.find(({ caseId }) => caseId === place.caseId);
            joined?.fields.push(...objected.filter((field) => !joined.fields.includes(field)));
          }
        }
        const all = open.flatMap((dispute) => dispute.fields);
        return new Set(all).size === all.length;
      }),
    );
  });

  it('is limited after so many that were found unfounded, field by field', () => {
    expect(fieldObjectedTooOften(['甲', '乙'], { 乙: UPHELD_BEFORE_LIMIT })).toBe('乙');
    expect(fieldObjectedTooOften(['甲'], { 甲: UPHELD_BEFORE_LIMIT - 1, 乙: 9 })).toBeNull();
  });
});

describe('a correction', () => {
  it('changes the disputed element and leaves what repeats metadata to be filled in again', () => {
    const corrected = correction({ 车辆类型: '重型普通货车' });
    expect(corrected.ok && corrected.value.face).toEqual({ 车辆类型: '重型普通货车' });
    expect(corrected.ok && corrected.value.businessNumber).toBe('B-1');
  });

  it('corrects metadata where it stands', () => {
    const corrected = correction({ 业户名称: '乙公司' });
    expect(corrected.ok && corrected.value.holders[0]?.name).toBe('乙公司');
  });

  it('touches nothing that the case does not dispute, and wants at least one value', () => {
    const beyond = correction({ 车辆类型: '重型普通货车' }, ['车辆号牌']);
    expect(!beyond.ok && beyond.refusal[0]?.code).toBe('notDisputed');
    const nothing = correction({}, ['车辆类型']);
    expect(!nothing.ok && nothing.refusal[0]?.code).toBe('missing');
  });
});

describe('the record of an agency', () => {
  const issuer = {
    certificateName: DEFINITION.name,
    authorityName: '局',
    authorityCode: '11150602MB1234567X',
    number: '150602000001',
    registerNumbers: false,
  };

  it('is shown as it stands where it cannot be read as the type, and nothing is shown of what is no record', () => {
    const values = recordedValues(DEFINITION, aRequest(), issuer, {
      face: { 车辆类型: '拖拉机', 别的: 'x' },
    });
    expect(values).toEqual({ 车辆类型: '拖拉机' });
    for (const record of [null, 'x', 3, [], { face: 'x' }]) {
      expect(recordedValues(DEFINITION, aRequest(), issuer, record)).toEqual({});
    }
  });
});

describe('the versions that carried a wrong value', () => {
  it('reach back as far as it was the same', () => {
    const faces = [
      { 甲: '1', 乙: '2' },
      { 甲: '1', 乙: '3' },
      { 甲: '0', 乙: '3' },
      { 甲: '1', 乙: '2' },
    ];
    expect(versionsWithSameValue(faces, ['甲'])).toBe(2);
    expect(versionsWithSameValue(faces, ['甲', '乙'])).toBe(2);
    expect(versionsWithSameValue(faces.slice(0, 1), ['甲'])).toBe(1);
    expect(versionsWithSameValue([], ['甲'])).toBe(0);
  });
});

describe('who entered a disputed value', () => {
  const faces = [
    { 甲: '1', 乙: '2' },
    { 甲: '1', 乙: '3' },
    { 甲: '0', 乙: '3' },
  ];

  it('is whoever entered the version that brought it, not whoever entered a later one', () => {
    expect(introducedIn(faces, ['乙'])).toBe(0);
    expect(introducedIn(faces, ['甲'])).toBe(1);
    expect(introducedIn(faces, ['甲', '乙'])).toBe(0);
  });

  it('is whoever entered the first version when it never changed, also where an element is absent', () => {
    expect(introducedIn([{ 甲: '1' }, { 甲: '1' }], ['甲'])).toBe(1);
    expect(introducedIn([{}, {}], ['甲'])).toBe(1);
    expect(introducedIn([{ 甲: '1' }], ['甲'])).toBe(0);
  });
});

describe('the reply', () => {
  it('names the elements, the reason and what can be done, for every conclusion', () => {
    const facts = {
      certificateName: '道路运输证',
      certificateNumber: '150602000001',
      fields: ['车辆类型'],
      reason: '与档案一致',
      newIdentifier: null,
      handOverReference: null,
    };
    for (const conclusion of [
      'inadmissible',
      'upheld',
      'corrected',
      'certificateEnded',
      'handedOver',
    ] as const) {
      const text = replyParagraphs({ ...facts, conclusion }).join('\n');
      expect(text).toContain('“车辆类型”');
      expect(text).toContain('与档案一致');
      expect(text).toContain('行政复议');
    }
  });
});
