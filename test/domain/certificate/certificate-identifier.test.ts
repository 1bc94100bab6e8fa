import fc from 'fast-check';
import {
  checkCharacter,
  formatCertificateIdentifier,
  nextVersion,
  parseCertificateIdentifier,
  serialFromNumber,
} from '../../../domain/certificate/certificate-identifier';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const AUTHORITY = '11430000006122244L';

const serial = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 1, maxLength: 32 });
const version = fc.integer({ min: 1, max: 999 }).map((number) => String(number).padStart(3, '0'));
const typeCode = fc
  .tuple(fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 18, maxLength: 18 }), fc.nat(999))
  .map(([organ, number]) => organ + String(number).padStart(3, '0'));

describe('certificate identifier', () => {
  it.each([
    ['1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U', []],
    ['1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S', []],
    ['1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3', []],
    ['1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9', ['authorityPartIsLegacy']],
  ])('reads the published identifier %s as valid', (text, warnings) => {
    expect(parseCertificateIdentifier(text)).toMatchObject({ outcome: 'valid', identifier: text, warnings });
  });

  it('reads an identifier of the vendor with the wrong routine as a legacy variant and names the standard’s character', () => {
    const text =
      '1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M';
    expect(parseCertificateIdentifier(text)).toMatchObject({
      outcome: 'legacyVariant',
      expectedCheckCharacter: 'D',
    });
    expect(parseCertificateIdentifier(`${text.slice(0, -1)}D`)).toMatchObject({ outcome: 'valid' });
  });

  it('accepts no more than two of the 36 check characters for any body', () => {
    fc.assert(
      fc.property(typeCode, serial, version, (type, number, edition) => {
        const outcomes = [...ALPHABET].map(
          (check) =>
            parseCertificateIdentifier(`1.2.156.3005.2.${type}.${AUTHORITY}.${number}.${edition}.${check}`)
              .outcome,
        );
        expect(outcomes.filter((outcome) => outcome === 'valid')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'legacyVariant').length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('reads back what it writes, and never as a legacy variant', () => {
    fc.assert(
      fc.property(typeCode, serial, version, (type, number, edition) => {
        const parts = { typeCode: type, authorityCode: AUTHORITY, serial: number, version: edition };
        const identifier = formatCertificateIdentifier(parts);
        expect(parseCertificateIdentifier(identifier)).toMatchObject({
          outcome: 'valid',
          parts,
          warnings: [],
        });
      }),
    );
  });

  it('catches every single wrong character in the four parts', () => {
    fc.assert(
      fc.property(serial, fc.nat(), fc.nat(35), (number, position, other) => {
        const body = `11100000000013338W011${AUTHORITY}${number}001`;
        const at = position % body.length;
        const replaced = body.slice(0, at) + ALPHABET.charAt(other) + body.slice(at + 1);
        if (replaced !== body) expect(checkCharacter(replaced)).not.toBe(checkCharacter(body));
      }),
    );
  });

  it('names the expected character when only the check character is wrong', () => {
    expect(
      parseCertificateIdentifier('1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.A'),
    ).toMatchObject({ outcome: 'invalid', reason: 'checkCharacter', expectedCheckCharacter: 'U' });
  });

  it.each([
    ['', 'rootMissing'],
    ['1.2.156.3005.1.11100000000013338W011.11430000006122244L.1.001.U', 'rootMissing'],
    ['1.2.156.3005.2.11100000000013338W011.11430000006122244L.1.001', 'partCount'],
    ['1.2.156.3005.2.11100000000013338W01.11430000006122244L.1.001.U', 'typeCode'],
    ['1.2.156.3005.2.11100000000013338W011.1143000000612224.1.001.U', 'authorityCode'],
    ['1.2.156.3005.2.11100000000013338W011.11430000006122244L.abc.001.U', 'serial'],
    ['1.2.156.3005.2.11100000000013338W011.11430000006122244L..001.U', 'serial'],
    ['1.2.156.3005.2.11100000000013338W011.11430000006122244L.1.000.U', 'version'],
    ['1.2.156.3005.2.11100000000013338W011.11430000006122244L.1.1.U', 'version'],
    [`1.2.156.3005.2.${'A'.repeat(200)}`, 'tooLong'],
  ])('refuses the ill-formed %s because of its %s', (text, reason) => {
    expect(parseCertificateIdentifier(text)).toMatchObject({ outcome: 'invalid', reason });
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(parseCertificateIdentifier(text).outcome).toBe('invalid');
      }),
    );
  });

  it.each([
    { authorityCode: '340100' },
    { authorityCode: '11430000006122244M' },
    { serial: '晋A0100001' },
    { serial: 'A'.repeat(33) },
    { version: '000' },
    { typeCode: '11100000000013338W' },
  ])('issues nothing with the ill-formed part %p', (override) => {
    const parts = {
      typeCode: '11100000000013338W011',
      authorityCode: AUTHORITY,
      serial: '1',
      version: '001',
    };
    expect(() => formatCertificateIdentifier({ ...parts, ...override })).toThrow(RangeError);
  });

  it('counts versions to 999 and then asks for a new serial', () => {
    expect(nextVersion('001')).toBe('002');
    expect(nextVersion('099')).toBe('100');
    expect(nextVersion('999')).toBeNull();
    expect(() => nextVersion('1')).toThrow(RangeError);
  });

  it('takes a number as the serial only where it consists of digits and capital letters', () => {
    expect(serialFromNumber('JY11506020000123')).toBe('JY11506020000123');
    expect(serialFromNumber('蒙(2026)东胜区不动产权第0000123号')).toBeNull();
    expect(serialFromNumber('a1')).toBeNull();
    expect(serialFromNumber('')).toBeNull();
    expect(serialFromNumber('1'.repeat(33))).toBeNull();
  });
});
