import fc from 'fast-check';
import { parseIssuanceRequest } from '../../../domain/issuance/parse-issuance-request';
import {
  aRealEstateBody,
  aTransportBody,
  REAL_ESTATE_RULES,
  RECEIVED_AT_MS,
  TRANSPORT_FACE,
  TRANSPORT_RULES,
} from '../../support/issuance-bodies';

type Body = ReturnType<typeof aTransportBody>;

function problemsOf(body: Body, rules = TRANSPORT_RULES): readonly string[] {
  const parsed = parseIssuanceRequest(body, rules, RECEIVED_AT_MS);
  return parsed.ok ? [] : parsed.refusal.map(({ pointer, code }) => `${pointer} ${code}`);
}

function accept(body: Body, rules = TRANSPORT_RULES) {
  const parsed = parseIssuanceRequest(body, rules, RECEIVED_AT_MS);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

describe('a right request', () => {
  it('is accepted, its face filled in from the metadata', () => {
    const { request } = accept(aTransportBody());
    expect(request.face).toMatchObject({ 发证日期: '2026-11-20', 车辆号牌: '蒙K·T0123' });
    expect(request.holders).toEqual([expect.objectContaining({ code: '91150602MA0DEM013X' })]);
  });

  it('may leave out whatever is bound to its holders', () => {
    const { 业户名称: _, ...face } = TRANSPORT_FACE;
    expect(accept(aTransportBody({ face })).request.face['业户名称']).toBe('鄂尔多斯市草原通达物流有限公司');
  });

  it('lists two owners with shares in the rows of the face', () => {
    const { request } = accept(aRealEstateBody(), REAL_ESTATE_RULES);
    expect(request.face['权利人']).toEqual([
      { 姓名: '阿拉腾其其格', 证件号码: '150699198503120121', 份额: '1/2' },
      { 姓名: '宝音德力格尔', 证件号码: '150699198306210312', 份额: '1/2' },
    ]);
    expect(request.validUntil).toBeNull();
  });

  it('has the same uniqueness key for the same vehicle however it is typed, another for another vehicle', () => {
    const key = (plate: string) =>
      accept(aTransportBody({ face: { ...TRANSPORT_FACE, 车辆号牌: plate } })).uniquenessKey;
    expect(key('蒙K·T0123')).toBe(accept(aTransportBody({ businessNumber: 'other' })).uniquenessKey);
    expect(key('蒙K·T0124')).not.toBe(key('蒙K·T0123'));
  });
});

describe('holders', () => {
  const [holder] = aTransportBody().holders;
  if (holder === undefined) throw new Error('builder without a holder');

  it('with a wrong check character are refused, naming the expected one', () => {
    const parsed = parseIssuanceRequest(
      aTransportBody({ holders: [{ ...holder, code: '91150602MA0DEM0130' }] }),
      TRANSPORT_RULES,
      RECEIVED_AT_MS,
    );
    expect(parsed).toEqual({
      ok: false,
      refusal: [
        {
          pointer: '/holders/0/code',
          code: 'holderCodeCheckCharacter',
          expected: expect.stringContaining('末位应为 X'),
        },
      ],
    });
  });

  it('of a kind that the type does not know are refused', () => {
    const person = {
      kind: 'person',
      name: '张三',
      codeType: '111',
      code: '150699198503120121',
      share: null,
    } as const;
    expect(problemsOf(aTransportBody({ holders: [person] }))).toContain(
      '/holders/0/kind holderKindNotAllowed',
    );
  });

  it('whose shares do not make one whole are refused', () => {
    const holders = aRealEstateBody().holders.map((owner) => ({ ...owner, share: '1/3' }));
    expect(problemsOf(aRealEstateBody({ holders }), REAL_ESTATE_RULES)).toEqual(['/holders sharesNotWhole']);
  });

  it('are refused once, not a second time through the elements bound to them', () => {
    const { 业户名称: _, ...face } = TRANSPORT_FACE;
    const holders = [{ ...holder, name: '' }];
    expect(problemsOf(aTransportBody({ face, holders }))).toEqual(['/holders/0/name holderNameIllFormed']);
  });
});

describe('numbers', () => {
  it('given by the agency must be there', () => {
    const { 道路运输证号: _, ...face } = TRANSPORT_FACE;
    expect(problemsOf(aTransportBody({ face }))).toEqual(['/face/道路运输证号 missing']);
  });

  it('given by the register must be absent', () => {
    const face = { ...Object(aRealEstateBody().face), 不动产权证号: '蒙(2026)东胜区不动产权第0000001号' };
    expect(problemsOf(aRealEstateBody({ face }), REAL_ESTATE_RULES)).toEqual([
      '/face/不动产权证号 assignedByRegister',
    ]);
  });
});

describe('dates', () => {
  it.each([
    [{ validFrom: '2026-02-29' }, '/validFrom dateDoesNotExist'],
    [{ issuedOn: '2026/11/20' }, '/issuedOn dateIllFormed'],
    [{ validUntil: '2026-13-01' }, '/validUntil dateDoesNotExist'],
    [{ validUntil: null }, '/validUntil validityEndMissing'],
    [{ validUntil: '2026-11-19' }, '/validUntil validityEndsBeforeStart'],
    [{ validUntil: '2046-11-19' }, '/validUntil validityTooLong'],
    [{ issuedOn: '2026-11-24' }, '/issuedOn inTheFuture'],
    [{ issuedOn: '2026-11-19' }, '/issuedOn issuedBeforeDecision'],
    [{ decidedAt: '2026-11-23T10:05:01+08:00' }, '/decidedAt inTheFuture'],
  ])('%j is refused', (override, problem) => {
    expect(problemsOf(aTransportBody(override))).toEqual([problem]);
  });

  it('may lie ahead by as much as a signature may', () => {
    expect(problemsOf(aTransportBody({ decidedAt: '2026-11-23T10:05:00+08:00' }))).toEqual([]);
  });

  it('of an older certificate may have ended and may precede the decision to enter it', () => {
    const old = { issuedOn: '2019-05-06', validFrom: '2019-05-06', validUntil: '2023-05-05' };
    expect(problemsOf(aTransportBody(old))).not.toEqual([]);
    expect(problemsOf(aTransportBody({ ...old, backEntryReason: '系统上线前颁发' }))).toEqual([]);
  });
});

describe('the decision', () => {
  it('is obligatory for an administrative licence', () => {
    expect(problemsOf(aTransportBody({ decision: null }))).toEqual(['/decision missing']);
  });

  it('may be absent where the type is none', () => {
    expect(problemsOf(aRealEstateBody({ decision: null }), REAL_ESTATE_RULES)).toEqual([]);
  });
});

describe('texts', () => {
  it('with control characters are refused at their place', () => {
    const operator = { name: '苏\u202e日娜', id: 'DS-0107' };
    expect(problemsOf(aTransportBody({ operator }))).toEqual(['/operator/name forbiddenCharacter']);
  });

  it('of white space only count as missing', () => {
    expect(problemsOf(aTransportBody({ businessNumber: '  ' }))).toEqual(['/businessNumber missing']);
  });

  it('name every unknown element, escaped as RFC 6901 wants', () => {
    const face = { ...TRANSPORT_FACE, 'a/b~c': 'x' };
    expect(problemsOf(aTransportBody({ face }))).toEqual(['/face/a~1b~0c unknownElement']);
  });

  it('list an attachment once', () => {
    expect(problemsOf(aTransportBody({ attachments: ['a', 'a'] }))).toEqual(['/attachments/1 givenTwice']);
  });
});

describe('whatever is sent', () => {
  it('never throws, never repeats a value in a problem and keeps to fifty problems', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 12 }), fc.string(), (face, secret, date) => {
        const body = aTransportBody({ face, businessNumber: `${secret}\u0000`, validFrom: date });
        const parsed = parseIssuanceRequest(body, TRANSPORT_RULES, RECEIVED_AT_MS);
        if (parsed.ok) return false;
        const words = parsed.refusal.map(({ expected }) => expected).join('\n');
        return parsed.refusal.length <= 50 && !words.includes(secret);
      }),
    );
  });
});
