import type { DocumentsCertificateProducer } from '../../../adapters/production/certificate-producer';
import { BUILT_IN_DEFINITIONS } from '../../../domain/catalog/built-in/built-in-definitions';
import type { Face } from '../../../domain/catalog/face-schema';
import { legalDate } from '../../../domain/shared/legal-date';
import { openCertificateProducer } from '../../../main/certificate-drawing';
import { plannedAt } from '../../../main/demonstration/city/certificate-plan';
import { requestOf } from '../../../main/demonstration/city/request-of';

type Producer = Pick<DocumentsCertificateProducer, 'drawPage'>;

const PERMIT = '建筑工程施工许可证';

function aPermitFace(override: Record<string, string> = {}): Face {
  const planned = plannedAt('construction', 'bureau-150602', 3, legalDate('2026-11-20'));
  const { face } = requestOf(planned);
  const texts = Object.entries(face).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(texts),
    发证机关: '东胜区行政审批和政务服务局',
    发证日期: '2026-11-20',
    ...override,
  };
}

describe('a bilingual certificate', () => {
  let producer: Producer;

  beforeAll(async () => {
    producer = await openCertificateProducer({ demonstration: true, fallbackFonts: [] });
  });

  function draw(face: Face): ReturnType<Producer['drawPage']> {
    const definition = BUILT_IN_DEFINITIONS.find(({ name }) => name === PERMIT);
    if (definition === undefined) throw new Error(`${PERMIT} is not built in`);
    return producer.drawPage(definition, face, { verificationUrl: null, draft: false, pageIndex: 0 });
  }

  it('prints in Mongolian what the face brings in it, and only that', () => {
    const bilingual = draw(aPermitFace());
    const chinese = draw(aPermitFace({ 建设单位蒙古文: '', 工程名称蒙古文: '' }));
    const partly = draw(aPermitFace({ 建设单位蒙古文: '' }));
    if (!(bilingual instanceof Uint8Array && chinese instanceof Uint8Array && partly instanceof Uint8Array)) {
      throw new Error('a page was refused');
    }
    expect(Buffer.compare(bilingual, chinese)).not.toBe(0);
    expect(Buffer.compare(bilingual, partly)).not.toBe(0);
    expect(Buffer.compare(partly, chinese)).not.toBe(0);
  });

  it('is refused, with the element named, where the Mongolian is none', () => {
    const refused = draw(aPermitFace({ 工程名称蒙古文: '示例工程' }));
    expect(refused).toMatchObject({ code: 'missingGlyph', detail: expect.stringContaining('工程名称') });
  });
});
