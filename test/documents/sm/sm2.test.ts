import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import {
  generateSm2KeyPair,
  importSm2PrivateKey,
  signSm2,
  sm2Engine,
  sm2SelfTest,
  verifySm2,
} from '../../../documents/sm/sm2';
import { userDigest } from '../../../documents/sm/sm2-curve';
import { fallbackSm2 } from '../../../documents/sm/sm2-fallback';
import { nativeSm2 } from '../../../documents/sm/sm2-native';
import { sm2SignatureDer, sm2SignatureParts } from '../../../documents/sm/sm2-signature-form';
import { hmacSm3, sm3 } from '../../../documents/sm/sm3';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

describe('SM3', () => {
  it('gives the digest of the first example of GB/T 32905, annex A', () => {
    expect(hex(sm3(bytes('abc')))).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  });

  it('keys an HMAC so that another key gives another value', () => {
    expect(hex(hmacSm3(bytes('a'), bytes('m')))).not.toBe(hex(hmacSm3(bytes('b'), bytes('m'))));
    expect(hmacSm3(bytes('a'), bytes('m'))).toHaveLength(32);
  });
});

describe('SM2', () => {
  it('passes the known answer of GB/T 32918.5 both natively and in JavaScript', () => {
    expect(sm2SelfTest()).toEqual({ native: true, fallback: true });
    expect(sm2Engine().name).toBe('native');
  });

  it('computes ZA of the standard example', () => {
    const point = Buffer.from(
      '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
      'hex',
    );
    expect(hex(userDigest(point))).toBe('b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3');
  });

  it('makes signatures that either engine verifies, whichever made them', () => {
    const pair = generateSm2KeyPair();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (message, native) => {
        const [maker, judge] = native ? [nativeSm2, fallbackSm2] : [fallbackSm2, nativeSm2];
        const signature = maker.importPrivateKey(pair.privateKeyPkcs8).sign(message);
        return judge.verify(pair.publicPoint, message, signature);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a signature after any single bit of it or of the message has changed', () => {
    const pair = generateSm2KeyPair();
    const key = importSm2PrivateKey(pair.privateKeyPkcs8);
    const message = bytes('某某某电子证照');
    const signature = signSm2(key, message);
    expect(verifySm2(pair.publicPoint, message, signature)).toBe(true);
    fc.assert(
      fc.property(fc.nat(signature.length * 8 - 1), (bit) => {
        const changed = Uint8Array.from(signature);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return !verifySm2(pair.publicPoint, message, changed);
      }),
    );
    expect(verifySm2(pair.publicPoint, bytes('某某某电子证照。'), signature)).toBe(false);
  });

  it('refuses a point that is not on the curve, compressed or too short, without throwing', () => {
    const pair = generateSm2KeyPair();
    const signature = signSm2(pair.privateKeyPkcs8, bytes('m'));
    const off = Uint8Array.from(pair.publicPoint);
    off[64] = (off[64] ?? 0) ^ 1;
    for (const engine of [nativeSm2, fallbackSm2]) {
      expect(engine.verify(off, bytes('m'), signature)).toBe(false);
      expect(engine.verify(pair.publicPoint.subarray(0, 33), bytes('m'), signature)).toBe(false);
      expect(engine.verify(new Uint8Array(), bytes('m'), signature)).toBe(false);
    }
  });

  it('takes in no key of another curve', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'der',
    });
    expect(() => nativeSm2.importPrivateKey(other)).toThrow('SM2 curve');
    expect(() => fallbackSm2.importPrivateKey(other)).toThrow('SM2 curve');
  });

  it('turns r‖s of a device into the DER form and leaves DER alone', () => {
    const pair = generateSm2KeyPair();
    const der = signSm2(pair.privateKeyPkcs8, bytes('m'));
    const parts = sm2SignatureParts(der);
    expect(parts).toHaveLength(64);
    expect(parts && hex(sm2SignatureDer(parts) ?? new Uint8Array())).toBe(hex(der));
    expect(sm2SignatureDer(der)).toBe(der);
    expect(sm2SignatureDer(bytes('short'))).toBeUndefined();
  });
});
