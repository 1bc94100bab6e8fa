import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFontChain } from '../../documents/fonts/font-chain';
import { BUILT_IN_TEMPLATES } from '../../documents/templates/built-in-templates';
import { makePdfSigningWorld } from '../support/pdf-signing-world';
import { createSealKit, SEAL_PICTURE } from '../support/seal-kit';
import { ORDINARY_FACES } from './sample-faces';

const DOCUMENTS = join(__dirname, '../../documents');
const BLOCK = /```ts\n([\s\S]*?)```/g;
const IMPORT = /^import \{ ([^}]+) \} from '(\.\/[^']+)';\n/gm;

/** A function whose body may await: the README's blocks are such bodies. */
type Body = new (...parameters: string[]) => (...values: unknown[]) => Promise<Record<string, unknown>>;
const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as Body;

function blocks(): string[] {
  const text = readFileSync(join(DOCUMENTS, 'README.md'), 'utf8');
  return [...text.matchAll(BLOCK)].map(([, code = '']) => code);
}

function importsOf(code: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [, names = '', path = ''] of code.matchAll(IMPORT)) {
    const module: Record<string, unknown> = jest.requireActual(join(DOCUMENTS, path));
    for (const name of names.split(',').map((part) => part.trim())) {
      if (!(name in module)) throw new Error(`${path} has no ${name}`);
      found[name] = module[name];
    }
  }
  return found;
}

/** Runs a block with everything that stood before it; answers what it declared beside that. */
async function run(code: string, known: Record<string, unknown>): Promise<Record<string, unknown>> {
  const scope = { ...known, ...importsOf(code) };
  const body = code.replaceAll(IMPORT, '');
  const declared = [...body.matchAll(/^const (?:\{ (\w+) \}|(\w+)) =/gm)].map(
    (found) => found[1] ?? found[2],
  );
  const runBlock = new AsyncFunction(...Object.keys(scope), `${body}\nreturn { ${declared.join(', ')} };`);
  return { ...scope, ...(await runBlock(...Object.values(scope))) };
}

describe('the examples of documents/README.md', () => {
  it('are four, each of fewer than ten lines without its imports', () => {
    const lines = blocks().map((code) => code.replaceAll(IMPORT, '').trim().split('\n').length);
    expect(lines).toHaveLength(4);
    for (const count of lines) expect(count).toBeLessThan(10);
  });

  it('run one after the other: a seal, a sealed certificate, its verification, a sealed report of that', async () => {
    const kit = await createSealKit();
    const face = Object.entries(ORDINARY_FACES['道路运输证'] ?? {}).map(([name, value]) => ({ name, value }));
    const world = await makePdfSigningWorld();
    let known: Record<string, unknown> = {
      rsaSigner: { certificate: world.certificate, sign: world.key.issuerKey.sign },
      maker: kit.maker,
      signer: kit.signer,
      authority: kit.authority,
      revocationList: kit.revocationList,
      png: SEAL_PICTURE,
      template: BUILT_IN_TEMPLATES.get('道路运输证'),
      face,
      fonts: await loadFontChain(),
      now: new Date('2026-06-20T02:00:00Z'),
    };
    for (const code of blocks()) known = await run(code, known);
    expect(known['report']).toMatchObject({
      kind: 'ofd',
      overall: 'valid',
      metadata: { ZZMC: '道路运输证' },
    });
    expect(known['page']).toContain('核验结论：有效');
    const { sealedReport } = known;
    if (!(sealedReport instanceof Uint8Array)) throw new Error('no sealed report');
    const intermediates = [world.pki.authority];
    expect(world.judge(sealedReport, { intermediates })).toMatchObject({ overall: 'valid' });
  });
});
