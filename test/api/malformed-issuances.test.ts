import { BUSINESS_LICENCE } from '../../domain/catalog/built-in/business-licence';
import type { IssuanceRequestBody } from '../../domain/issuance/parse-issuance-request';
import type { ApiClient } from '../support/api-client';
import { problemOf, startApi } from '../support/api-client';
import { aKeyHeader } from '../support/builders/idempotency';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { aPerson } from '../support/fakes/fake-identity';
import { aRealEstateBody, aTransportBody, TRANSPORT_FACE } from '../support/issuance-bodies';

let world: FakeWorld;
let api: ApiClient;

beforeAll(async () => {
  world = fakeWorld();
  world.issuances.notEntitled = [aRealEstateBody().catalogCode];
  api = await startApi(world);
});
afterAll(() => api.close());

type Loose = { [Name in keyof IssuanceRequestBody]?: unknown } & Readonly<Record<string, unknown>>;

function transport(override: Loose): Loose {
  return { ...aTransportBody(), ...override };
}

function withFace(override: Readonly<Record<string, unknown>>): Loose {
  return transport({ face: { ...TRANSPORT_FACE, ...override } });
}

function withHolder(override: Readonly<Record<string, unknown>>): Loose {
  return transport({ holders: [{ ...aTransportBody().holders[0], ...override }] });
}

function without(name: keyof IssuanceRequestBody): Loose {
  return transport({ [name]: undefined });
}

type Row = readonly [what: string, body: unknown, status: number, code: string, pointer: string];

const TABLE: readonly Row[] = [
  [
    'a wrong check character of a credit code',
    withHolder({ code: '91150602MA0DEM0131' }),
    422,
    'contentInvalid',
    '/holders/0/code',
  ],
  [
    'a credit code that is too short',
    withHolder({ code: '91150602MA' }),
    422,
    'contentInvalid',
    '/holders/0/code',
  ],
  ['an unknown code type', withHolder({ codeType: '000' }), 422, 'contentInvalid', '/holders/0/codeType'],
  [
    'a code type of persons for a company',
    withHolder({ codeType: '111' }),
    422,
    'contentInvalid',
    '/holders/0/codeType',
  ],
  [
    'a holder without a code',
    withHolder({ code: null, codeType: null }),
    422,
    'contentInvalid',
    '/holders/0/code',
  ],
  ['an unknown kind of holder', withHolder({ kind: 'robot' }), 400, 'malformedRequest', '/holders/0/kind'],
  [
    'a share where none is registered',
    withHolder({ share: '1/2' }),
    422,
    'contentInvalid',
    '/holders/0/share',
  ],
  ['no holder at all', transport({ holders: [] }), 422, 'contentInvalid', '/holders'],
  ['holders that are no list', transport({ holders: {} }), 400, 'malformedRequest', '/holders'],
  ['a missing face element', withFace({ 车辆号牌: undefined }), 422, 'faceInvalid', '/face/车辆号牌'],
  ['an unknown face element', withFace({ 颜色: '红' }), 422, 'faceInvalid', '/face/颜色'],
  ['a face element of the wrong type', withFace({ 车辆号牌: 42 }), 422, 'faceInvalid', '/face/车辆号牌'],
  ['an ill-formed face element', withFace({ 车辆号牌: 'ABC' }), 422, 'faceInvalid', '/face/车辆号牌'],
  ['an element under name and code', withFace({ CLHP: '蒙K·T0123' }), 422, 'faceInvalid', '/face/CLHP'],
  [
    'a date on the face that does not exist',
    withFace({ 初领日期: '2026-02-30' }),
    422,
    'faceInvalid',
    '/face/初领日期',
  ],
  [
    'a face that disagrees with its holder',
    withFace({ 业户名称: '别家公司' }),
    422,
    'faceInvalid',
    '/face/业户名称',
  ],
  ['a control character on the face', withFace({ 地址: '东胜\u0007区' }), 422, 'faceInvalid', '/face/地址'],
  ['a face that is a list', transport({ face: [] }), 400, 'malformedRequest', '/face'],
  ['no face', without('face'), 400, 'malformedRequest', '/face'],
  [
    'a first day that does not exist',
    transport({ validFrom: '2026-02-29' }),
    422,
    'contentInvalid',
    '/validFrom',
  ],
  [
    'an issue date in another form',
    transport({ issuedOn: '2026年11月20日' }),
    422,
    'contentInvalid',
    '/issuedOn',
  ],
  [
    'an end before the beginning',
    transport({ validUntil: '2026-11-19' }),
    422,
    'contentInvalid',
    '/validUntil',
  ],
  ['no end where the type has a term', transport({ validUntil: null }), 422, 'contentInvalid', '/validUntil'],
  [
    'a decision in the future',
    transport({ decidedAt: '2027-01-01T00:00:00+08:00' }),
    422,
    'contentInvalid',
    '/decidedAt',
  ],
  [
    'an instant without a zone',
    transport({ decidedAt: '2026-11-20T09:30:00' }),
    400,
    'malformedRequest',
    '/decidedAt',
  ],
  [
    'an instant on a day that does not exist',
    transport({ decidedAt: '2026-02-30T09:30:00+08:00' }),
    400,
    'malformedRequest',
    '/decidedAt',
  ],
  ['no decision for a licence', transport({ decision: null }), 422, 'contentInvalid', '/decision'],
  [
    'a number where text is due',
    transport({ businessNumber: 123 }),
    400,
    'malformedRequest',
    '/businessNumber',
  ],
  ['no operator', without('operator'), 400, 'malformedRequest', '/operator'],
  ['an unknown member', transport({ colour: 'red' }), 400, 'malformedRequest', '/colour'],
  ['a type code that is none', transport({ catalogCode: 'X' }), 400, 'malformedRequest', '/catalogCode'],
  [
    'an unknown type',
    transport({ catalogCode: `${'9'.repeat(21)}` }),
    422,
    'catalogEntryUnknown',
    '/catalogCode',
  ],
  [
    'a type that is only mirrored',
    transport({ catalogCode: BUSINESS_LICENCE.code }),
    422,
    'notIssuedHere',
    '/catalogCode',
  ],
  ['a type that the authority may not issue', aRealEstateBody(), 403, 'authorityNotEntitled', '/catalogCode'],
  [
    'an attachment that is no id',
    transport({ attachments: ['x'] }),
    400,
    'malformedRequest',
    '/attachments/0',
  ],
  [
    'a callback that is no web address',
    transport({ callbackUrl: 'file:///etc/passwd' }),
    400,
    'malformedRequest',
    '/callbackUrl',
  ],
  [
    'a reason for back entry from a machine',
    transport({ backEntryReason: '旧证' }),
    422,
    'contentInvalid',
    '/backEntryReason',
  ],
  ['a marked secret in the face', withFace({ 备注: '机密★10年' }), 422, 'classifiedSuspected', '/face/备注'],
  [
    'a marked secret in an unknown member',
    transport({ 附: ['密级：秘密'] }),
    422,
    'classifiedSuspected',
    '/附/0',
  ],
  ['a body that is a list', [aTransportBody()], 400, 'malformedRequest', ''],
  ['a body that is null', null, 400, 'malformedRequest', ''],
];

describe('a malformed request is refused at its place and leaves nothing', () => {
  it.each(TABLE)('%s', async (_, body, status, code, pointer) => {
    const answered = await api.agency('POST', '/api/v1/issuances', {
      body,
      headers: { 'idempotency-key': 'malformed' },
    });
    expect(problemOf(answered)).toMatchObject({ status, code, pointers: expect.arrayContaining([pointer]) });
    expect(world.issuances.cases).toEqual([]);
  });

  it('says what is expected in Chinese, for each place', async () => {
    const headers = { 'idempotency-key': 'malformed' };
    for (const [what, body] of TABLE) {
      const answered = await api.agency('POST', '/api/v1/issuances', { body, headers });
      const { errors } = answered.body as { errors: { expected: string }[] };
      const sentences = errors.map(({ expected }) => expected);
      expect([what, sentences.filter((sentence) => !/[\u4e00-\u9fff]/.test(sentence))]).toEqual([what, []]);
    }
  });

  it('has at least thirty kinds, with different problems', () => {
    expect(new Set(TABLE.map(([, , , code, pointer]) => `${code} ${pointer}`)).size).toBeGreaterThanOrEqual(
      30,
    );
  });
});

describe('bodies that are not even requests', () => {
  const post = (raw: Uint8Array, headers: Record<string, string> = {}) =>
    api.agency('POST', '/api/v1/issuances', { raw, headers: { 'idempotency-key': 'raw', ...headers } });

  it.each([
    ['of 5 MB', Buffer.alloc(5 * 1_048_576, 0x20), {}, 413, 'bodyTooLarge'],
    ['cut off', Buffer.from('{"a":'), {}, 400, 'malformedJson'],
    ['of nothing', Buffer.alloc(0), {}, 400, 'malformedJson'],
    ['that is no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), {}, 400, 'malformedJson'],
    ['nested 40 levels deep', Buffer.from('['.repeat(40) + ']'.repeat(40)), {}, 400, 'malformedRequest'],
    ['in XML', Buffer.from('<a/>'), { 'content-type': 'application/xml' }, 415, 'mediaTypeUnsupported'],
    ['compressed', Buffer.from('{}'), { 'content-encoding': 'gzip' }, 415, 'mediaTypeUnsupported'],
  ])('%s are refused', async (_, raw, headers, status, code) => {
    expect(problemOf(await post(raw, headers))).toMatchObject({ status, code });
    expect(world.issuances.cases).toEqual([]);
  });

  it('refuse the prototype as a member like any other unknown one', async () => {
    const raw = Buffer.from(JSON.stringify(aTransportBody()).replace('{', '{"__proto__":{"x":1},'));
    expect(problemOf(await post(raw))).toMatchObject({ status: 400, pointers: ['/__proto__'] });
  });
});

describe('a marked secret', () => {
  it('is told by its place only: neither log nor answer repeats it', async () => {
    world.issuances.suspicions.length = 0;
    const body = withFace({ 备注: '绝密★长期 某工程' });
    const answered = await api.agency('POST', '/api/v1/issuances', {
      body,
      headers: { 'idempotency-key': 'secret' },
    });
    expect(world.issuances.suspicions).toEqual(['/face/备注']);
    expect(answered.text).not.toContain('某工程');
    expect(world.logLines.join()).not.toContain('某工程');
  });

  it('is not looked for before the signature is right', async () => {
    world.issuances.suspicions.length = 0;
    const asking = { body: withFace({ 备注: '绝密★' }), headers: { 'idempotency-key': 'secret' } };
    expect((await api.agency('POST', '/api/v1/issuances', asking, { secret: 'wrong' })).status).toBe(401);
    expect(world.issuances.suspicions).toEqual([]);
  });

  it('is found in a draft as well', async () => {
    const { catalogCode } = aTransportBody();
    const answered = await api.person(aPerson('operator'))('POST', '/api/v1/issuance-drafts', {
      body: { catalogCode, body: { face: { 备注: '秘密★' } } },
      headers: aKeyHeader(),
    });
    expect(problemOf(answered)).toMatchObject({ status: 422, code: 'classifiedSuspected' });
  });
});
