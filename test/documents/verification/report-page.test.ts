import { CONTAINER_PROBLEMS } from '../../../documents/container/container-problem';
import { OFD_REASONS } from '../../../documents/verification/reason-code';
import { NOTICE_WORDING, REASON_WORDING, STEP_WORDING } from '../../../documents/verification/reason-wording';
import { reportPage } from '../../../documents/verification/report-page';
import { VERIFICATION_STEPS } from '../../../documents/verification/verification-report';
import { verifyOfd } from '../../../documents/verification/verify-ofd';
import { buildOfd } from '../../support/ofd-builder';
import { createSealKit, type SealKit } from '../../support/seal-kit';

let kit: SealKit;
beforeAll(async () => {
  kit = await createSealKit();
});

describe('the page of a report', () => {
  it('says verdict, seal, signer and time in Chinese', async () => {
    const page = reportPage(verifyOfd(await kit.sign(buildOfd()), kit.options()));
    for (const text of [
      '✔ 核验结论：有效',
      '鄂尔多斯市测试专用章',
      '测试签章人',
      '2026-06-01 10:00:00（北京时间）',
      '道路运输证',
    ]) {
      expect(page).toContain(text);
    }
  });

  it('says why a file was refused', () => {
    const page = reportPage(verifyOfd(buildOfd().subarray(0, 300), kit.options()));
    expect(page).toContain('✘ 核验结论：无效');
    expect(page).toContain(REASON_WORDING.truncatedContainer);
  });

  it('shows text from the file literally: no markup, no direction tricks', async () => {
    const attack = '<script>alert(1)</script>"\u202egnp';
    const page = reportPage(
      verifyOfd(
        await kit.sign(buildOfd(), { electronicSeal: await kit.seal({ name: attack }) }),
        kit.options(),
      ),
    );
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;□gnp');
    expect(page).not.toContain('<script');
    expect(page).not.toContain('\u202e');
  });

  it('loads nothing from anywhere', async () => {
    const page = reportPage(verifyOfd(await kit.sign(buildOfd()), kit.options()));
    expect(page).not.toMatch(/src=|href=|url\(|@import/);
  });
});

describe('wording', () => {
  it.each([...OFD_REASONS, ...CONTAINER_PROBLEMS])('has Chinese words for %s', (reason) => {
    expect(REASON_WORDING[reason]).toMatch(/\p{Script=Han}/u);
  });

  it('has words for every step and notice', () => {
    for (const step of VERIFICATION_STEPS) expect(STEP_WORDING[step]).toMatch(/\p{Script=Han}/u);
    for (const words of Object.values(NOTICE_WORDING)) expect(words).toMatch(/\p{Script=Han}/u);
  });
});
