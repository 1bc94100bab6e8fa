import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { deriveDataKeys } from '../../../adapters/cipher/data-keys';
import { cipherPlace } from '../../../adapters/cipher/encrypted-columns';
import { Sm4PersonalDataCipher } from '../../../adapters/cipher/sm4-personal-data-cipher';
import { testDataKey, testDataKeys } from '../../support/register-rows';

const PLACE = cipherPlace('certificate_holder.name_cipher', 'a3bb189e-8bf9-3888-9912-ace4e6543002', 1);
const cipher = new Sm4PersonalDataCipher(testDataKeys());

describe('the cipher of personal data', () => {
  it('gives every text back, and no two ciphertexts alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const [once, again] = [cipher.encrypt(text, PLACE), cipher.encrypt(text, PLACE)];
        expect(cipher.decrypt(once, PLACE)).toBe(text);
        expect(once.equals(again)).toBe(false);
      }),
    );
  });

  it('throws for a ciphertext with any byte changed, cut or added', () => {
    const stored = cipher.encrypt('娜仁·图雅', PLACE);
    for (let index = 0; index < stored.length; index += 1) {
      const changed = Buffer.from(stored);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => cipher.decrypt(changed, PLACE)).toThrow();
      expect(() => cipher.decrypt(stored.subarray(0, index), PLACE)).toThrow();
    }
    expect(() => cipher.decrypt(Buffer.concat([stored, Buffer.from([0])]), PLACE)).toThrow(
      /changed or moved/,
    );
  });

  it('throws for a ciphertext that was moved to another row, holder or column', () => {
    const stored = cipher.encrypt('张三', PLACE);
    for (const place of [
      { ...PLACE, rowId: PLACE.rowId.replace('/1', '/2') },
      { ...PLACE, column: 'certificate_holder.code_cipher' },
      { column: `${PLACE.column}${PLACE.rowId.slice(0, 1)}`, rowId: PLACE.rowId.slice(1) },
    ]) {
      expect(() => cipher.decrypt(stored, place)).toThrow(/changed or moved/);
    }
  });

  it('names the key with which it encrypted, and reads what an older key encrypted', () => {
    const rotated = new Sm4PersonalDataCipher(testDataKeys('k2'));
    const stored = cipher.encrypt('张三', PLACE);
    expect(rotated.decrypt(stored, PLACE)).toBe('张三');
    expect(rotated.needsRotation(stored)).toBe(true);
    expect(rotated.needsRotation(rotated.encrypt('张三', PLACE))).toBe(false);
    const withoutOld = new Sm4PersonalDataCipher({
      currentKeyId: 'k2',
      keys: new Map([['k2', testDataKey(11)]]),
    });
    expect(() => withoutOld.decrypt(stored, PLACE)).toThrow(/no data key "k1"/);
  });

  it('looks the same value up under every key, and each kind of value apart', () => {
    const rotated = new Sm4PersonalDataCipher(testDataKeys('k2'));
    expect(rotated.lookup('holderCode', 'x')).toEqual(cipher.lookup('holderCode', 'x'));
    expect(cipher.lookup('holderName', 'x')).not.toEqual(cipher.lookup('holderCode', 'x'));
    expect(cipher.lookup('holderCode', 'x')).toHaveLength(32);
  });

  it('refuses keys that are missing, short, or differ in the look-up key', () => {
    const one = (key: ReturnType<typeof testDataKey>) => () =>
      new Sm4PersonalDataCipher({ currentKeyId: 'k1', keys: new Map([['k1', key]]) });
    expect(() => new Sm4PersonalDataCipher({ currentKeyId: 'k9', keys: new Map() })).toThrow(/no data key/);
    expect(one({ ...testDataKey(1), encryptionKey: Buffer.alloc(15) })).toThrow(/16 bytes/);
    expect(one({ ...testDataKey(1), macKey: Buffer.alloc(31) })).toThrow(/32 bytes/);
    expect(
      () =>
        new Sm4PersonalDataCipher({
          currentKeyId: 'k1',
          keys: new Map([
            ['k1', testDataKey(1, 99)],
            ['k2', testDataKey(11, 98)],
          ]),
        }),
    ).toThrow(/keeps the look-up key/);
  });

  it('derives a key of its own for each use from the master keys, and one look-up key for all', () => {
    const master = Buffer.alloc(32, 5);
    const lookup = {
      currentKeyId: 'l2',
      keys: new Map([
        ['l1', Buffer.alloc(32, 7)],
        ['l2', Buffer.alloc(32, 8)],
      ]),
    };
    const { keys } = deriveDataKeys(
      {
        currentKeyId: 'm',
        keys: new Map([
          ['m', master],
          ['n', Buffer.alloc(32, 6)],
        ]),
      },
      lookup,
    );
    const [m, n] = [keys.get('m'), keys.get('n')];
    expect(Buffer.from(m?.macKey ?? [])).toEqual(
      createHmac('sm3', master).update('ecert integrity').digest(),
    );
    expect(m?.encryptionKey).toHaveLength(16);
    expect(m?.encryptionKey).not.toEqual(n?.encryptionKey);
    expect(m?.lookupKey).toEqual(n?.lookupKey);
    expect(Buffer.from(m?.lookupKey ?? [])).toEqual(
      createHmac('sm3', Buffer.alloc(32, 7)).update('ecert look-up').digest(),
    );
  });
});
