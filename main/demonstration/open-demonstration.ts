import { defaultFontPaths, loadFontChain } from '../../documents/fonts/font-chain';
import { type Foundation, trustFolder } from '../foundation';
import { demonstrationKeys } from '../key-stores';
import { openSecrets } from '../secrets';
import type { DemonstrationDeps } from './demonstration-deps';

/** What laying out the demonstration needs of a foundation that is open. */
export function demonstrationDeps(foundation: Foundation): DemonstrationDeps {
  const { config, register, cipher, integrity, clock } = foundation;
  const secrets = openSecrets(config.secretsDir, true);
  return {
    register,
    cipher,
    integrity,
    clock,
    keyStore: demonstrationKeys(foundation),
    fonts: () => loadFontChain(defaultFontPaths(config.fallbackFonts)),
    agencySecret: secrets.text('demo-agency'),
    agencyRecordsSecret: secrets.text('outside-agency-records'),
    agencyRecordsUrl: config.outside.agencyRecordsUrl ?? null,
    trustFolder: trustFolder(config),
    secretsFolder: config.secretsDir,
  };
}
