import { DocumentsCertificateProducer } from '../adapters/production/certificate-producer';
import { defaultFontPaths, loadFontChain } from '../documents/fonts/font-chain';
import { BUILT_IN_TEMPLATES } from '../documents/templates/built-in-templates';
import type { CertificateProducer } from '../ports/certificate-producer';
import type { Config } from './config';

const DEMONSTRATION_WATERMARK = '演示数据';

/**
 * Loads fonts and templates, once per process; takes some hundred milliseconds. A fallback font that cannot be read stops the
 * start by its path: printing without it would send back what an office counts on.
 */
export async function openCertificateProducer(
  config: Pick<Config, 'demonstration' | 'fallbackFonts'>,
): Promise<CertificateProducer> {
  return new DocumentsCertificateProducer({
    fonts: await loadFontChain(defaultFontPaths(config.fallbackFonts)),
    templates: new Map([...BUILT_IN_TEMPLATES.values()].map((template) => [template.code, template])),
    watermark: config.demonstration ? DEMONSTRATION_WATERMARK : null,
  });
}
