import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Folders from which a process of the stack may load code. */
const SOURCES = [
  'activities',
  'adapters',
  'api',
  'domain',
  'documents',
  'main',
  'ports',
  'simulators',
  'workflows',
];
const BUNDLES_KEPT = 3;

/**
 * Compiles the entries of the stack's processes, or takes what was compiled from the same sources before: with eight
 * processes, compiling at load time would be most of a start.
 * In: the checkout, entry files relative to it, and the folder where compiled code is kept. Out: the compiled file of
 * each entry. Two starts that compile at the same time both succeed.
 */
export async function compileParts(
  checkout: string,
  entries: readonly string[],
  cacheFolder: string,
): Promise<ReadonlyMap<string, string>> {
  const digest = sourceDigest(checkout, entries);
  const folder = join(cacheFolder, `code-${digest}`);
  if (!existsSync(folder)) {
    const half = `${folder}.${process.pid}.new`;
    await build({
      absWorkingDir: checkout,
      entryPoints: [...entries],
      outbase: checkout,
      outdir: half,
      bundle: true,
      platform: 'node',
      target: `node${process.versions.node}`,
      format: 'cjs',
      packages: 'external',
      logLevel: 'silent',
      plugins: [sourceFolders(checkout)],
    });
    finish(half, folder);
    forgetOlder(cacheFolder, folder);
  }
  return new Map(entries.map((entry) => [entry, join(folder, entry.replace(/\.ts$/, '.js'))]));
}

/** Files beside the sources are found where the sources are, not where the compiled code lies. */
function sourceFolders(checkout: string): Plugin {
  return {
    name: 'source-folders',
    setup(builder) {
      builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const isOurs = !relative(checkout, path).startsWith('node_modules');
        return {
          contents: isOurs ? text.replaceAll('__dirname', JSON.stringify(dirname(path))) : text,
          loader: 'ts',
        };
      });
    },
  };
}

function finish(half: string, folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    renameSync(half, folder);
  } catch (fault) {
    rmSync(half, { recursive: true, force: true });
    // Another start was faster, with the same sources.
    if (!existsSync(folder)) throw fault;
  }
}

function forgetOlder(cacheFolder: string, kept: string): void {
  const folders = readdirSync(cacheFolder)
    .filter((name) => /^code-[0-9a-f]{32}$/.test(name))
    .map((name) => join(cacheFolder, name))
    .filter((folder) => folder !== kept);
  for (const folder of folders.slice(0, Math.max(0, folders.length - BUNDLES_KEPT + 1))) {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sourceDigest(checkout: string, entries: readonly string[]): string {
  const hash = createHash('sha256').update(`${process.version}\0${checkout}\0${entries.join('\0')}\0`);
  const folders = new Set([...SOURCES, ...entries.map((entry) => dirname(entry))]);
  for (const folder of [...folders].sort()) {
    const names = readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((candidate) => candidate.endsWith('.ts')).sort()) {
      hash.update(`\0${folder}/${name}\0`).update(readFileSync(join(checkout, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 32);
}
