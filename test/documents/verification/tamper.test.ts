import { runTamper, type TamperResult } from '../../faults/tamper';

describe('tampering', () => {
  let result: TamperResult;
  beforeAll(async () => {
    result = await runTamper({ quick: true });
  }, 60_000);

  it('accepts none of at least 200 mutated or forged files, refuses each at an expected step, and never throws', () => {
    expect(result.failures).toEqual([]);
    expect(result.mutations).toBeGreaterThanOrEqual(200);
    expect(result).toMatchObject({ accepted: 0, crashes: 0, wrongStep: 0, wrongOriginals: 0 });
  });

  it('would be passed in part by a verifier that stops after the stamp signature', () => {
    expect(result.naiveAccepted).toBeGreaterThan(0);
    expect(result.caught).toBe(true);
  });
});
