import { generateSm2KeyPair, verifySm2 } from '../../../documents/sm/sm2';
import { createSm2WorkerPool } from '../../../documents/sm/sm2-worker-pool';

const message = (index: number): Uint8Array => Buffer.from(`message ${index}`, 'utf8');

describe('SM2 worker pool', () => {
  const pool = createSm2WorkerPool({ threads: 2 });
  afterAll(() => pool.close());

  it('signs a batch in order, and each signature verifies on the main thread', async () => {
    const pair = generateSm2KeyPair();
    const jobs = Array.from({ length: 70 }, (_, index) => ({
      privateKeyPkcs8: pair.privateKeyPkcs8,
      message: message(index),
    }));
    const signatures = await pool.sign(jobs);
    expect(signatures.map((value, index) => verifySm2(pair.publicPoint, message(index), value))).toEqual(
      jobs.map(() => true),
    );
  });

  it('answers false in its place for a wrong or malformed signature of a batch', async () => {
    const pair = generateSm2KeyPair();
    const [signature = new Uint8Array()] = await pool.sign([
      { privateKeyPkcs8: pair.privateKeyPkcs8, message: message(0) },
    ]);
    const verdicts = await pool.verify([
      { publicPoint: pair.publicPoint, message: message(0), signature },
      { publicPoint: pair.publicPoint, message: message(1), signature },
      { publicPoint: pair.publicPoint, message: message(0), signature: signature.subarray(1) },
      { publicPoint: pair.publicPoint, message: message(0), signature },
    ]);
    expect(verdicts).toEqual([true, false, false, true]);
  });

  it('rejects a batch whose key cannot be used and goes on working', async () => {
    await expect(pool.sign([{ privateKeyPkcs8: new Uint8Array(3), message: message(0) }])).rejects.toThrow();
    await expect(pool.verify([])).resolves.toEqual([]);
  });

  it('refuses work after it was closed', async () => {
    const closing = createSm2WorkerPool({ threads: 1 });
    await closing.close();
    await expect(
      closing.verify([{ publicPoint: new Uint8Array(65), message: message(0), signature: new Uint8Array() }]),
    ).rejects.toThrow('closed');
  });
});
