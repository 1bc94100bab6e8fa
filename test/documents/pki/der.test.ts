import fc from 'fast-check';
import {
  DerError,
  readBitFlags,
  readDer,
  readIntegerHex,
  readOid,
  readSmallInteger,
  readTime,
} from '../../../documents/pki/der-reader';
import {
  derBitFlags,
  derGeneralizedTime,
  derInteger,
  derOctetString,
  derOid,
  derSetOf,
  derX509Time,
} from '../../../documents/pki/der-writer';

describe('DER', () => {
  it('reads back every number, identifier, flag set and time that it writes', () => {
    const arcs = fc.tuple(fc.constant(2), fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(127));
    fc.assert(
      fc.property(fc.nat(), arcs, fc.uniqueArray(fc.nat(20)), (number, oidArcs, flags) => {
        expect(readSmallInteger(readDer(derInteger(number)))).toBe(number);
        expect(readOid(readDer(derOid(oidArcs.join('.'))))).toBe(oidArcs.join('.'));
        expect([...readBitFlags(readDer(derBitFlags(flags)))].sort()).toEqual([...flags].sort());
      }),
    );
    const instants = fc.date({
      min: new Date('1950-01-01'),
      max: new Date('2099-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, (instant) => {
        const seconds = new Date(Math.floor(instant.getTime() / 1000) * 1000);
        expect(readTime(readDer(derX509Time(seconds)))).toEqual(seconds);
        expect(readTime(readDer(derGeneralizedTime(seconds)))).toEqual(seconds);
      }),
    );
  });

  it('keeps contents of every length class', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const node = readDer(derOctetString(new Uint8Array(length).fill(7)));
      expect(node.content.length).toBe(length);
    }
  });

  it('orders a set by its encodings', () => {
    const set = readDer(derSetOf([derInteger(300), derInteger(5), derOid('1.2.3')]));
    expect(Buffer.from(set.content).toString('hex')).toBe('02010502020 12c06022a03'.replace(' ', ''));
  });

  it.each([
    ['an indefinite length', '3080020101 0000'],
    ['a length longer than needed', '30810302 0101'],
    ['a cut value', '3005020101'],
    ['bytes after the value', '02010100'],
    ['a multi-byte tag', '1f8101 00'],
  ])('refuses %s', (_, hex) => {
    expect(() => readDer(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toThrow(DerError);
  });

  it.each(['0202 0001', '0202 ff80', '0200'])('refuses the padded or empty integer %s', (hex) => {
    expect(() => readIntegerHex(readDer(Buffer.from(hex.replaceAll(' ', ''), 'hex')))).toThrow(DerError);
  });

  it('refuses times that are on no calendar', () => {
    const february30 = Buffer.concat([Buffer.from([0x17, 13]), Buffer.from('260230000000Z')]);
    expect(() => readTime(readDer(february30))).toThrow(DerError);
  });

  it('throws nothing but DerError on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          readDer(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
    );
  });
});
