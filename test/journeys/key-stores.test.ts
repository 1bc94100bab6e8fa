import { readTrustFolder } from '../../adapters/trust/trust-folder';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { verifyFile } from '../../documents/verification/verify-file';
import { SEAL_WAITS } from '../../domain/sealing/choose-seal';
import { DONGSHENG_BUREAU } from '../../main/demonstration/demonstration-units';
import { sealId } from '../../main/demonstration/seed-seals';
import { trustFolder } from '../../main/foundation';
import type { WorkerActivities } from '../../main/worker-activities';
import { anIssuance } from '../support/builders/issuance-body';
import { CaseDriver, eventually } from '../support/case-driver';
import { DEMONSTRATION_DAY } from '../support/demonstration-template';
import { furnishKeyStores, type KeyStoreCity } from '../support/key-store-city';
import { tell } from '../support/outside-world';
import { type Product, startProduct } from '../support/product';
import { softHsmModule } from '../support/soft-hsm';
import { STORY_MS } from '../support/with-product';

const START_MS = 240_000;
const APPROVAL = sealId({ unitKey: DONGSHENG_BUREAU, kind: 'approval' });
const TEN_MINUTES_MS = 600_000;
/** For a test the ten minutes are this short, and nothing else of the wait is changed. */
const SHORT_MS = 4_000;
/** Asked again at once, a key refused once a second. The conductor's timers are not exact to the millisecond. */
const LEFT_ALONE_MS = 2_500;

/** When the key refused, by the machine's clock, and for how long it was to be left alone. */
class Refusals {
  readonly atMs: number[] = [];
  readonly spansMs = new Set<number>();

  readonly around = (activities: WorkerActivities): WorkerActivities => ({
    ...activities,
    seal: async (issuanceId) => {
      const standing = await activities.seal(issuanceId);
      if (standing.askKeyAgainInMs === undefined) return standing;
      this.atMs.push(performance.now());
      this.spansMs.add(standing.askKeyAgainInMs);
      return { ...standing, askKeyAgainInMs: SHORT_MS };
    },
  });

  /** The time between the last two of them; earlier a deadline may have rung, at which a case looks once more. */
  get lastGapMs(): number {
    const [before = 0, last = 0] = this.atMs.slice(-2);
    return last - before;
  }
}

// Where SoftHSM is not installed this is skipped, as the tests of the store itself are.
const onToken = softHsmModule === undefined ? describe.skip : describe;

onToken('a city whose RSA key lies in a token and whose SM2 key lies at the unified seal service', () => {
  const refusals = new Refusals();
  let city: KeyStoreCity;
  let product: Product;
  let driver: CaseDriver;

  beforeAll(async () => {
    product = await startProduct({
      around: refusals.around,
      furnish: async (folder) => {
        city = await furnishKeyStores(folder, softHsmModule ?? '', DEMONSTRATION_DAY);
        return city.environment;
      },
    });
    driver = new CaseDriver(product);
    await city.takeOver(product, APPROVAL, DONGSHENG_BUREAU);
  }, START_MS);
  afterAll(async () => {
    await product?.stop();
    await city?.service.stop();
  }, 60_000);

  it(
    'waits while the service’s quota is used up, says so, leaves it alone meanwhile, and goes on by itself, sealed once although an answer was lost',
    async () => {
      await tell(city.service, 'quota', { remaining: 0 });
      const id = await driver.submitWithRecord(anIssuance());
      await eventually(
        'the service has refused three times',
        async () => refusals.atMs.length,
        (times) => times >= 3,
      );
      const waiting = await driver.untilWaitingFor(id, 'sealQuotaUsed');
      expect(waiting).toMatchObject({
        state: 'awaitingSeal',
        stateReason: { code: 'sealQuotaUsed', detail: SEAL_WAITS.sealQuotaUsed },
        certificate: { state: 'awaitingSeal' },
      });
      expect([...refusals.spansMs]).toEqual([TEN_MINUTES_MS]);
      expect(refusals.lastGapMs).toBeGreaterThan(LEFT_ALONE_MS);

      // One seal is left. The service makes it and its answer is cut off: asked again, it must not need a second.
      await tell(city.service, 'faults', { mode: 'cutHalfWay', remaining: 1 });
      await tell(city.service, 'quota', { remaining: 1 });
      const issued = await driver.untilState(id, 'issued');

      expect(issued.certificate?.number).toBe(waiting.certificate?.number);
      const intents = await driver.rows<{ state: string; void_reason: string | null }>(
        'select state, void_reason from sealing_intent where issuance_id = $1',
        [id],
      );
      expect(intents.filter(({ state }) => state === 'redeemed')).toHaveLength(2);
      expect(intents.filter(({ state }) => state !== 'redeemed')).toEqual(
        refusals.atMs.flatMap(() => [
          { state: 'voided', void_reason: 'sealQuotaUsed' },
          { state: 'voided', void_reason: 'sealQuotaUsed' },
        ]),
      );
      const signatures = await driver.rows(
        'select file_kind from seal_signature where certificate_version_id = $1 order by file_kind',
        [issued.certificate?.versionId],
      );
      expect(signatures).toEqual([{ file_kind: 'ofd' }, { file_kind: 'pdf' }]);
      await expectValid(issued.certificateId ?? '', 'ofd', 'sm2');
      await expectValid(issued.certificateId ?? '', 'pdf', 'rsa');
    },
    STORY_MS,
  );

  /** The file is valid, and was signed by the key that this city has for it and no other. */
  async function expectValid(certificateId: string, kind: 'ofd' | 'pdf', algorithm: 'sm2' | 'rsa') {
    const { foundation, clock } = product;
    const path = `/api/v1/certificates/${certificateId}/files/${kind}?purpose=test`;
    const answered = await fetch(product.origin + path, { headers: product.agencyHeaders('GET', path) });
    const trust = await readTrustFolder(trustFolder(foundation.config));
    const report = verifyFile(new Uint8Array(await answered.arrayBuffer()), {
      ...trust,
      at: clock.now(),
      revocation: 'whenAvailable',
    });
    expect(report).toMatchObject({ kind, overall: 'valid' });
    expect(report.signatures).toHaveLength(1);
    const key = await foundation.sealer.describe(algorithm === 'sm2' ? 'remote-sm2' : 'hsm-rsa');
    if (!key.ok) throw new Error(key.refusal.detail);
    expect(key.value.kind).toBe(algorithm === 'sm2' ? 'remote' : 'pkcs11');
    expect(parseSigningCertificate(key.value.certificate).publicKey.kind).toBe(algorithm);
  }
});
