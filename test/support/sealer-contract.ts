import { createHash } from 'node:crypto';
import { readDer, readSequence } from '../../documents/pki/der-reader';
import { derInteger, derOctetString, derSequence } from '../../documents/pki/der-writer';
import { oid } from '../../documents/pki/object-identifiers';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { verifySignatureValue } from '../../documents/pki/verify-signature-value';
import type { SealAlgorithm, Sealer, SealerAnswer, SealerRequest } from '../../ports/sealer';

type StoreKind = 'software-test-only' | 'pkcs11' | 'remote';

/** What a sealer under the contract is and which keys it was given. */
export interface ContractSealer {
  readonly sealer: Sealer;
  readonly keys: readonly {
    readonly keyId: string;
    readonly algorithm: SealAlgorithm;
    /** Where this key lies elsewhere than the others. */
    readonly kind?: StoreKind;
  }[];
  readonly kind: StoreKind;
  /** Stops a key in the way of this store. */
  stop(keyId: string): Promise<void>;
}

/** A well-formed request over something that looks like a TBS_Sign; one override spoils it. */
export function sealerRequest(
  keyId: string,
  algorithm: SealAlgorithm,
  overrides: Partial<SealerRequest> = {},
): SealerRequest {
  const toBeSigned = derSequence(derInteger(4), derOctetString(Buffer.from('what is sealed')));
  const digestHex = createHash(algorithm === 'sm2-sm3' ? 'sm3' : 'sha256')
    .update(overrides.toBeSigned ?? toBeSigned)
    .digest('hex');
  return { requestId: 'intent-1', keyId, algorithm, digestHex, toBeSigned, ...overrides };
}

/** The signature value of an answer and the bytes that it must be over. */
export function signatureIn(answer: SealerAnswer): Uint8Array {
  switch (answer.kind) {
    case 'raw':
      return answer.value;
    case 'sesSignature':
      return readSequence(readDer(answer.value))[3]?.content.subarray(1) ?? new Uint8Array(0);
  }
}

/** Every implementation of the port must pass this. */
export function describeSealerContract(name: string, make: () => Promise<ContractSealer>): void {
  describe(`the sealer port, by ${name}`, () => {
    let given: ContractSealer;
    // Making RSA keys takes seconds on a busy machine.
    beforeAll(async () => {
      given = await make();
    }, 60_000);

    it('signs with each of its keys so that the described certificate verifies', async () => {
      expect(given.keys.length).toBeGreaterThan(0);
      for (const { keyId, algorithm, kind = given.kind } of given.keys) {
        const request = sealerRequest(keyId, algorithm, { requestId: `verify-${keyId}` });
        const [answer, description] = [await given.sealer.sign(request), await given.sealer.describe(keyId)];
        if (!answer.ok || !description.ok) throw new Error(JSON.stringify([answer, description]));
        const { publicKey } = parseSigningCertificate(description.value.certificate);
        const signatureAlgorithm = algorithm === 'sm2-sm3' ? oid.sm2WithSm3 : oid.sha256WithRsa;
        const signature = signatureIn(answer.value);
        expect(verifySignatureValue(publicKey, signatureAlgorithm, request.toBeSigned, signature)).toBe(
          'right',
        );
        expect(description.value).toMatchObject({ keyId, kind, stopped: false });
      }
    });

    it('answers the same request again with a signature that is as good', async () => {
      for (const { keyId, algorithm } of given.keys) {
        const request = sealerRequest(keyId, algorithm, { requestId: `again-${keyId}` });
        const answers = await Promise.all([1, 2, 3].map(() => given.sealer.sign(request)));
        expect(answers.every(({ ok }) => ok)).toBe(true);
      }
    });

    it('refuses unknown keys, also such as would lead out of a folder or an address', async () => {
      const algorithm = given.keys[0]?.algorithm ?? 'rsa-sha256';
      for (const keyId of ['nobody', '../nobody', 'a/b', '', 'x'.repeat(65)]) {
        const refusal = { ok: false, refusal: { code: 'keyUnknown' } };
        expect(await given.sealer.sign(sealerRequest(keyId, algorithm))).toMatchObject(refusal);
        expect(await given.sealer.describe(keyId)).toMatchObject(refusal);
      }
    });

    it('refuses an algorithm that is not the key’s and a digest that is not of the bytes', async () => {
      for (const { keyId, algorithm } of given.keys) {
        const other: SealAlgorithm = algorithm === 'sm2-sm3' ? 'rsa-sha256' : 'sm2-sm3';
        expect(await given.sealer.sign(sealerRequest(keyId, other, { requestId: 'other' }))).toMatchObject({
          ok: false,
          refusal: { code: 'algorithmMismatch' },
        });
        const wrong = sealerRequest(keyId, algorithm, { requestId: 'wrong', digestHex: '0'.repeat(64) });
        expect(await given.sealer.sign(wrong)).toMatchObject({
          ok: false,
          refusal: { code: 'digestMismatch' },
        });
      }
    });

    it('passes its self-test', async () => {
      const report = await given.sealer.selfTest();
      expect(report).toMatchObject({ passed: true });
      const tested = report.checks.map((check) => check.name);
      for (const { keyId } of given.keys) expect(tested).toContain(keyId);
    });

    it('refuses a key that was stopped, and says so when it describes it', async () => {
      const [last] = given.keys.slice(-1);
      if (last === undefined) throw new Error('no key');
      await given.stop(last.keyId);
      const request = sealerRequest(last.keyId, last.algorithm, { requestId: 'stopped' });
      expect(await given.sealer.sign(request)).toMatchObject({ ok: false, refusal: { code: 'keyStopped' } });
      expect(await given.sealer.describe(last.keyId)).toMatchObject({ ok: true, value: { stopped: true } });
    });
  });
}
