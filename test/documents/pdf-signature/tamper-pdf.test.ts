import { runTamperPdf } from '../../faults/tamper-pdf';

describe('tampering with a signed PDF', () => {
  it('is never accepted, never crashes the verifier, and is named at the step where it shows', async () => {
    const result = await runTamperPdf({ quick: true });
    expect(result).toMatchObject({
      accepted: [],
      crashes: [],
      wrongStep: [],
      wrongOriginals: [],
      caught: true,
    });
    expect(result.originals).toBe(9);
    expect(result.mutations).toBeGreaterThan(400);
  }, 120_000);
});
