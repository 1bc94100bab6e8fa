import { RowTampered, Sm3RowIntegrity } from '../../../adapters/cipher/row-integrity';
import { checkRow, sealRow } from '../../../adapters/cipher/sealed-row';
import { INTEGRITY, NOON, testDataKeys } from '../../support/register-rows';

const ROW = {
  key: 'DELIVERY',
  version: 1,
  name: '送达',
  starts_with: '签发',
  value: 1,
  unit: 'hours',
  hard: false,
  legal_basis: { title: '办法', article: '第九条' },
  set_by: null,
  set_at: NOON,
};
const seal = (row: typeof ROW) => ({ ...row, ...sealRow(INTEGRITY, 'sla_policy', row) });

describe('the integrity of rows that give power', () => {
  it('holds for a row as it is read back, however the database writes its values', () => {
    const sealed = seal(ROW);
    const asRead = {
      ...sealed,
      value: '1',
      legal_basis: { article: '第九条', title: '办法' },
      set_at: new Date(NOON),
      id: 'beside',
    };
    expect(checkRow(INTEGRITY, 'sla_policy', asRead)).toBe(asRead);
  });

  it('breaks when any covered column changes', () => {
    const sealed = seal(ROW);
    for (const change of [
      { value: 2 },
      { hard: true },
      { unit: 'minutes' },
      { set_by: '' },
      { key: 'DELIVERYX' },
      { legal_basis: { title: '办法' } },
    ]) {
      expect(() => checkRow(INTEGRITY, 'sla_policy', { ...sealed, ...change })).toThrow(RowTampered);
    }
  });

  it('tells an absent value from an empty one, and a border between fields from its neighbour', () => {
    const { keyId, mac } = INTEGRITY.seal('t', ['ab', 'c', null]);
    expect(() => INTEGRITY.check('t', ['ab', 'c', null], keyId, mac)).not.toThrow();
    for (const fields of [
      ['a', 'bc', null],
      ['ab', 'c', ''],
      ['ab', 'c'],
      ['ab', 'c', null, null],
    ]) {
      expect(() => INTEGRITY.check('t', fields, keyId, mac)).toThrow(RowTampered);
    }
    expect(() => INTEGRITY.check('u', ['ab', 'c', null], keyId, mac)).toThrow(RowTampered);
    expect(() => INTEGRITY.check('t', ['ab', 'c', null], keyId, mac.subarray(0, 16))).toThrow(RowTampered);
  });

  it('does not hold under another key id', () => {
    const { mac } = INTEGRITY.seal('t', ['a']);
    expect(() => INTEGRITY.check('t', ['a'], 'k2', mac)).toThrow(RowTampered);
    expect(() => INTEGRITY.check('t', ['a'], 'k9', mac)).toThrow(/no data key/);
    const rotated = new Sm3RowIntegrity(testDataKeys('k2'));
    expect(() => rotated.check('t', ['a'], 'k1', mac)).not.toThrow();
    expect(rotated.seal('t', ['a']).keyId).toBe('k2');
  });
});
