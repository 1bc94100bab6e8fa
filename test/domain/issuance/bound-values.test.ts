import { LONG_TERM } from '../../../domain/catalog/face-schema';
import type { IssuerOnFace, RepeatedOnFace } from '../../../domain/issuance/bound-values';
import { boundValuesOf } from '../../../domain/issuance/bound-values';
import { legalDate } from '../../../domain/shared/legal-date';

function repeated(override: Partial<RepeatedOnFace> = {}): RepeatedOnFace {
  return {
    holders: [
      { kind: 'person', name: '阿拉腾其其格', codeType: '111', code: '150699198503120121', share: null },
    ],
    validFrom: legalDate('2026-11-20'),
    validUntil: legalDate('2030-11-19'),
    issuedOn: legalDate('2026-11-20'),
    ...override,
  };
}

function anIssuer(override: Partial<IssuerOnFace> = {}): IssuerOnFace {
  return {
    certificateName: '道路运输证',
    authorityName: '东胜区行政审批和政务服务局',
    authorityCode: '11150602MB1234567X',
    number: '150602000123',
    registerNumbers: false,
    ...override,
  };
}

describe('the values that a face repeats of the metadata', () => {
  it('are the dates, the issuer, the number and the holders', () => {
    expect(boundValuesOf(repeated(), anIssuer())).toMatchObject({
      values: {
        ZZYXQQSRQ: '2026-11-20',
        ZZYXQJZRQ: '2030-11-19',
        ZZBFRQ: '2026-11-20',
        ZZMC: '道路运输证',
        ZZBFJG: '东胜区行政审批和政务服务局',
        ZZBFJGDM: '11150602MB1234567X',
        ZZBH: '150602000123',
      },
      holders: [{ name: '阿拉腾其其格', code: '150699198503120121' }],
      assignedLater: [],
    });
  });

  it('say in words that a certificate has no end', () => {
    expect(boundValuesOf(repeated({ validUntil: null }), null).values['ZZYXQJZRQ']).toBe(LONG_TERM);
  });

  it('leave the number out while the register has not given one, and say that it comes later', () => {
    const bound = boundValuesOf(repeated(), anIssuer({ number: null, registerNumbers: true }));
    expect(bound.values).not.toHaveProperty('ZZBH');
    expect(bound.assignedLater).toEqual(['ZZBH']);
  });

  it('do not expect a later number where the agency numbers, and name no issuer where none is known', () => {
    expect(boundValuesOf(repeated(), anIssuer({ number: null })).assignedLater).toEqual([]);
    expect(boundValuesOf(repeated(), null).values).not.toHaveProperty('ZZBFJG');
  });
});
