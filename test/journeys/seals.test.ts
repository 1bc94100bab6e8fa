import { readTrustFolder } from '../../adapters/trust/trust-folder';
import { verifyFile } from '../../documents/verification/verify-file';
import { SEAL_WAITS } from '../../domain/sealing/choose-seal';
import { openDemonstrationAuthority } from '../../main/demonstration/demonstration-authority';
import { DONGSHENG_BUREAU, demonstrationUnit } from '../../main/demonstration/demonstration-units';
import { sealId, seedSeals } from '../../main/demonstration/seed-seals';
import { unitId } from '../../main/demonstration/seed-units';
import { trustFolder } from '../../main/foundation';
import { demonstrationKeys } from '../../main/key-stores';
import { anIssuance } from '../support/builders/issuance-body';
import { aMandate, changeDefinition, endMandates } from '../support/builders/seal-change';
import type { CaseView } from '../support/case-driver';
import { demonstrationDeps } from '../support/demonstration-template';
import { STORY_MS, withProduct } from '../support/with-product';

const APPROVAL = sealId({ unitKey: DONGSHENG_BUREAU, kind: 'approval' });
const SECOND_ORGAN = 'city-transport';
const TRANSPORT_CODE = '11100000000019713D013';
/** A character of a late extension of Unicode, fit to be written and in none of the product's fonts. */
const IN_NO_FONT = '\u{30EDE}';

describe('a case whose seal cannot be used', () => {
  const { product, driver } = withProduct();

  async function expectWaits(id: string, why: keyof typeof SEAL_WAITS): Promise<CaseView> {
    const view = await driver().untilWaitingFor(id, why);
    expect(view).toMatchObject({
      state: 'awaitingSeal',
      stateReason: { code: why, detail: SEAL_WAITS[why] },
      certificate: { state: 'awaitingSeal' },
    });
    const waits = (await driver().deadlines(id)).find(({ key }) => key === 'AWAITING_SEAL');
    expect(['running', 'awaitingCalendar']).toContain(waits?.state);
    return view;
  }

  it(
    'waits while the seal is stopped, says so, and goes on by itself under the same number when it is resumed',
    async () => {
      await driver().changeSeal('registration', 'stop');
      const id = await driver().submitWithRecord(anIssuance('不动产权证书'));
      const waiting = await expectWaits(id, 'sealStopped');
      await driver().changeSeal('registration', 'resume');
      const issued = await driver().untilState(id, 'issued');
      expect(issued.certificate?.number).toBe(waiting.certificate?.number);
      expect(await driver().deadlines(id)).toContainEqual(
        expect.objectContaining({ key: 'AWAITING_SEAL', state: 'met' }),
      );
    },
    STORY_MS,
  );

  it(
    'waits without a mandate, then with one that ended, then with one whose cap is reached, until one is granted',
    async () => {
      await driver().rows('delete from seal_use_mandate where seal_id = $1', [APPROVAL]);
      const id = await driver().submitWithRecord(anIssuance());
      await expectWaits(id, 'mandateMissing');
      const first = await aMandate(product(), APPROVAL, TRANSPORT_CODE, { volumeCap: 1 });
      await driver().untilState(id, 'issued');

      const second = await driver().submitWithRecord(anIssuance());
      await expectWaits(second, 'mandateCapReached');
      const keeper = product().person('sealkeeper1');
      await keeper('POST', `/api/v1/seal-use-mandates/${first}/end`);
      await driver().untilWaitingFor(second, 'mandateEnded');
      await aMandate(product(), APPROVAL, TRANSPORT_CODE, { volumeCap: 1_000 });
      await driver().untilState(second, 'issued');
      const [use] = await driver().rows<{ uses: number }>(
        'select count(distinct sealing_intent_id)::int as uses from seal_use where mandate_id = $1',
        [first],
      );
      expect(use?.uses).toBe(2);
    },
    STORY_MS,
  );

  it(
    'never seals more cases than the cap allows, however many come at once',
    async () => {
      await endMandates(product(), APPROVAL);
      await aMandate(product(), APPROVAL, TRANSPORT_CODE, { volumeCap: 3 });
      const ids = await Promise.all(Array.from({ length: 8 }, () => driver().submitWithRecord(anIssuance())));
      const resting = await Promise.all(
        ids.map((id) =>
          driver().until(id, 'rests', ({ state }) => state === 'issued' || state === 'awaitingSeal'),
        ),
      );
      expect(resting.filter(({ state }) => state === 'issued')).toHaveLength(3);
      await aMandate(product(), APPROVAL, TRANSPORT_CODE, { volumeCap: 1_000 });
      await Promise.all(ids.map((id) => driver().untilState(id, 'issued')));
    },
    STORY_MS,
  );

  it(
    'is sent back naming element and character when no font has a character, also after a wait for the seal',
    async () => {
      await driver().changeSeal('approval', 'stop');
      const body = anIssuance('道路运输证', { face: { 备注: `新增${IN_NO_FONT}车辆` } });
      const id = await driver().submitWithRecord(body);
      await expectWaits(id, 'sealStopped');
      await driver().changeSeal('approval', 'resume');
      const back = await driver().untilState(id, 'sentBack');
      expect(back.stateReason?.detail).toContain('备注');
      expect(back.stateReason?.detail).toMatch(/30EDE|\u{30EDE}/iu);
      expect((await driver().deadlines(id)).filter(({ state }) => state === 'running')).not.toContainEqual(
        expect.objectContaining({ key: 'AWAITING_SEAL' }),
      );
      const amended = { ...body, face: { ...body.face, 备注: '新增车辆' } };
      await driver().layDownRecord(amended);
      await driver().resubmit(id, amended);
      const issued = await driver().untilState(id, 'issued');
      expect(issued.certificate?.number).toBe(body.face['道路运输证号']);
    },
    STORY_MS,
  );

  it(
    'keeps the number that the register gave when it is sent back from production and resubmitted',
    async () => {
      const body = anIssuance('不动产权证书', { face: { 附记: `附${IN_NO_FONT}` } });
      const id = await driver().submitWithRecord(body);
      await driver().untilState(id, 'sentBack');
      const numbers = () =>
        driver().rows<{ number: string; state: string }>(
          'select number, state from number_record where issuance_id = $1',
          [id],
        );
      const [reserved] = await numbers();
      const amended = { ...body, face: { ...body.face, 附记: '无' } };
      await driver().layDownRecord(amended);
      await driver().resubmit(id, amended);
      const issued = await driver().untilState(id, 'issued');
      expect(issued.certificate?.number).toBe(reserved?.number);
      expect(await numbers()).toEqual([{ number: reserved?.number, state: 'used' }]);
    },
    STORY_MS,
  );

  it(
    'of a seal that is past its validity waits as sealExpired',
    async () => {
      product().clock.advance(4 * 365 * 86_400_000);
      const id = await driver().submitWithRecord(anIssuance('建筑工程施工许可证'));
      await expectWaits(id, 'sealExpired');
    },
    STORY_MS,
  );
});

describe('a joint issue (联合发证)', () => {
  const { product, driver } = withProduct();

  it(
    'is final only when both organs have sealed, and both seals are valid in the OFD and the PDF',
    async () => {
      const { foundation, clock, simulators } = product();
      await changeDefinition(foundation, TRANSPORT_CODE, (definition) => ({
        ...definition,
        requiredSeals: [
          { ordinal: 1, organ: 'issuingAuthority', kind: 'approval' },
          { ordinal: 2, organ: demonstrationUnit(SECOND_ORGAN).creditCode, kind: 'official' },
        ],
      }));
      const id = await driver().submitWithRecord(anIssuance());
      const waiting = await driver().untilWaitingFor(id, 'sealMissing');
      expect(waiting.state).toBe('awaitingSeal');

      const deps = demonstrationDeps(foundation, clock, simulators.agency.baseUrl);
      const authority = await openDemonstrationAuthority(demonstrationKeys(foundation), clock.now());
      const seal = {
        unitKey: SECOND_ORGAN,
        kind: 'official',
        ringText: '鄂尔多斯市交通运输局',
        centreText: null,
        name: '鄂尔多斯市交通运输局',
      } as const;
      await seedSeals(deps, authority, [seal]);
      await aMandate(product(), sealId(seal), TRANSPORT_CODE, { authorityId: unitId(DONGSHENG_BUREAU) });

      const issued = await driver().untilState(id, 'issued');
      const trust = await readTrustFolder(trustFolder(foundation.config));
      for (const kind of ['ofd', 'pdf'] as const) {
        const path = `/api/v1/certificates/${issued.certificateId}/files/${kind}?purpose=test`;
        const answered = await fetch(product().origin + path, {
          headers: product().agencyHeaders('GET', path),
        });
        const report = verifyFile(new Uint8Array(await answered.arrayBuffer()), {
          ...trust,
          at: clock.now(),
          revocation: 'whenAvailable',
        });
        expect(report).toMatchObject({ kind, overall: 'valid' });
        expect(report.signatures).toHaveLength(2);
      }
      const signatures = await driver().rows(
        `select file_kind, seal_ordinal from seal_signature where certificate_version_id = $1
         order by file_kind, seal_ordinal`,
        [issued.certificate?.versionId],
      );
      expect(signatures).toEqual([
        { file_kind: 'ofd', seal_ordinal: 1 },
        { file_kind: 'ofd', seal_ordinal: 2 },
        { file_kind: 'pdf', seal_ordinal: 1 },
        { file_kind: 'pdf', seal_ordinal: 2 },
      ]);
    },
    STORY_MS,
  );
});
