import type * as Sm2 from '../../../documents/sm/sm2';
import { nativeSm2 as realNative } from '../../../documents/sm/sm2-native';
import type * as Pool from '../../../documents/sm/sm2-worker-pool';

/** A Node whose OpenSSL makes what it takes for SM2: verification refuses the standard's own signature. */
const brokenNative = { ...realNative, verify: () => false };

function withBrokenNative<Module extends object>(path: string): Module {
  let loaded: Module | undefined;
  jest.isolateModules(() => {
    jest.doMock('../../../documents/sm/sm2-native', () => ({ nativeSm2: brokenNative }));
    loaded = jest.requireActual<Module>(path);
  });
  jest.dontMock('../../../documents/sm/sm2-native');
  if (loaded === undefined) throw new Error('not loaded');
  return loaded;
}

describe('a Node whose own SM2 fails the known answer', () => {
  const message = Buffer.from('某某某', 'utf8');

  it('is found out, and signatures are made and verified in JavaScript', () => {
    const broken = withBrokenNative<typeof Sm2>('../../../documents/sm/sm2');
    expect(broken.sm2SelfTest()).toEqual({ native: false, fallback: true });
    expect(broken.sm2Engine().name).toBe('fallback');
    const pair = broken.generateSm2KeyPair();
    const signature = broken.signSm2(pair.privateKeyPkcs8, message);
    expect(broken.verifySm2(pair.publicPoint, message, signature)).toBe(true);
    expect(realNative.verify(pair.publicPoint, message, signature)).toBe(true);
  });

  it('has its batches computed in JavaScript too', async () => {
    const { createSm2WorkerPool } = withBrokenNative<typeof Pool>('../../../documents/sm/sm2-worker-pool');
    const broken = withBrokenNative<typeof Sm2>('../../../documents/sm/sm2');
    const pair = broken.generateSm2KeyPair();
    const pool = createSm2WorkerPool({ threads: 1 });
    try {
      const [signature = new Uint8Array()] = await pool.sign([
        { privateKeyPkcs8: pair.privateKeyPkcs8, message },
      ]);
      expect(realNative.verify(pair.publicPoint, message, signature)).toBe(true);
      const { publicPoint } = pair;
      const jobs = [
        { publicPoint, message, signature },
        { publicPoint, message: Buffer.from('other'), signature },
      ];
      expect(await pool.verify(jobs)).toEqual([true, false]);
    } finally {
      await pool.close();
    }
  });
});
