import { anIssuance } from '../support/builders/issuance-body';
import { ChangeDriver, changeOf, nextVersion } from '../support/change-driver';
import { STORY_MS, withProduct } from '../support/with-product';

describe('changes of a certificate', () => {
  const { product } = withProduct();
  const driver = () => new ChangeDriver(product());

  it(
    'amended: the next version is in force with the same number, the one before is superseded',
    async () => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const next = nextVersion(body, { face: { 车辆类型: '重型自卸货车' } });
      await driver().layDownRecord(next);
      const asked = changeOf(await driver().ask(certificateId, 'amendments', next, 20));
      const done = await driver().untilChange(asked.id, 'done');
      expect(done.newVersion?.version).toBe('002');
      const shown = await driver().certificate(certificateId);
      expect(shown).toMatchObject({ version: '002', state: 'inForce', number: body.face['道路运输证号'] });
    },
    STORY_MS,
  );
});
