import fc from 'fast-check';
import { boundValuesOf } from '../../../domain/issuance/bound-values';
import { compareWithRecord } from '../../../domain/issuance/compare-record';
import { parseIssuanceRequest } from '../../../domain/issuance/parse-issuance-request';
import {
  aTransportBody,
  BUREAU,
  RECEIVED_AT_MS,
  TRANSPORT_FACE,
  TRANSPORT_RULES,
} from '../../support/issuance-bodies';

const BODY = aTransportBody();

function aRequest() {
  const parsed = parseIssuanceRequest(BODY, TRANSPORT_RULES, RECEIVED_AT_MS);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value.request;
}

function compared(record: unknown) {
  const request = aRequest();
  const bound = boundValuesOf(request, {
    certificateName: TRANSPORT_RULES.definition.name,
    authorityName: BUREAU.name,
    authorityCode: BUREAU.creditCode,
    number: null,
    registerNumbers: false,
  });
  return compareWithRecord(TRANSPORT_RULES.definition, request, record, bound);
}

describe("comparing a request with the agency's own record", () => {
  it('agrees with the record from which the request was made', () => {
    expect(compared(BODY)).toEqual({ outcome: 'same', differences: [] });
  });

  it('does not mind full-width forms and spaces that look the same', () => {
    const holders = [{ ...BODY.holders[0], code: '91150602ma0dem013x' }];
    expect(compared({ ...BODY, holders }).outcome).toBe('same');
  });

  it('names an element of the face with both values', () => {
    expect(compared({ ...BODY, face: { ...TRANSPORT_FACE, 车辆类型: '重型普通货车' } })).toEqual({
      outcome: 'different',
      differences: [{ element: '车辆类型', requested: '重型半挂牵引车', recorded: '重型普通货车' }],
    });
  });

  it('names a different end of validity and a different holder', () => {
    const other = [{ ...BODY.holders[0], name: '别家公司', code: '91150602MA0DEM021Q' }];
    const { differences } = compared({ ...BODY, validUntil: '2029-11-19', holders: other, face: {} });
    expect(differences).toEqual(
      expect.arrayContaining([
        { element: '有效期截止', requested: '2030-11-19', recorded: '2029-11-19' },
        expect.objectContaining({ element: '持证主体', recorded: '别家公司 91150602MA0DEM021Q' }),
      ]),
    );
  });

  it('takes whatever cannot be read for a difference, never for agreement and never for a fault', () => {
    fc.assert(
      fc.property(fc.anything(), (record) => {
        const { outcome, differences } = compared(record);
        expect(outcome).toBe('different');
        expect(differences.length).toBeGreaterThan(0);
      }),
    );
  });

  it('finds any one element that was changed in the record', () => {
    fc.assert(
      fc.property(fc.constantFrom('地址', '车辆类型', '吨(座)位', '经营范围'), (name) => {
        const face = { ...TRANSPORT_FACE, [name]: '另一个值' };
        expect(compared({ ...BODY, face }).differences.map(({ element }) => element)).toEqual([name]);
      }),
    );
  });
});
