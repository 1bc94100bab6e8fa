import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { missingTexts, mustRun, run, type Verdict } from './verdict';

const here = __dirname;
const work = join(here, 'scratch');

const attempt = z.object({ ok: z.boolean(), why: z.string().optional(), text: z.string().optional() });
const ofdrwLine = z.object({
  file: z.string(),
  parse: attempt,
  text: attempt,
  verify: attempt,
  render: attempt,
});
const gmsmLine = z.object({
  file: z.string(),
  signature: z.string(),
  dataHash: z.boolean(),
  stamp: z.boolean(),
  seal: z.boolean(),
  why: z.string().optional(),
});

function jsonLines<Line>(output: string, shape: z.ZodType<Line>): Line[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => shape.parse(JSON.parse(line)));
}

/** ofdrw parses, finds the text, checks every signature and renders; Maven brings it by name. */
function judgeWithOfdrw(
  folder: string,
  pictures: string,
  texts: ReadonlyMap<string, readonly string[]>,
): Verdict[] {
  const list = join(work, 'ofdrw.classpath');
  if (!existsSync(list)) {
    const build = ['-q', '-B', 'dependency:build-classpath', `-Dmdep.outputFile=${list}`];
    mustRun('mvn', build, join(here, 'ofdrw'));
  }
  const classpath = readFileSync(list, 'utf8').trim();
  const source = join(here, 'ofdrw', 'OfdJudge.java');
  const flags = ['-Djava.awt.headless=true', '-Dfile.encoding=UTF-8', '-cp', classpath];
  const lines = jsonLines(mustRun('java', [...flags, source, folder, pictures], here), ofdrwLine);
  return lines.flatMap((line) => {
    const missing = missingTexts(line.text.text ?? '', texts.get(line.file) ?? []);
    const of = (judge: string, { ok, why }: z.infer<typeof attempt>): Verdict => ({
      judge: `ofdrw ${judge}`,
      file: line.file,
      ok,
      detail: why ?? '',
    });
    return [
      of('parse', line.parse),
      of(
        'text',
        missing.length > 0 ? { ok: false, why: `not found: ${missing.slice(0, 3).join(' | ')}` } : line.text,
      ),
      of('verify', line.verify),
      of('render', line.render),
    ];
  });
}

/** gmsm checks dataHash and both SM2 signatures of each seal, and leaves messages and signatures for OpenSSL. */
function judgeWithGmsm(folder: string, dump: string): Verdict[] {
  const binary = join(work, 'gmsm-judge');
  mustRun('go', ['build', '-o', binary, '.'], join(here, 'gmsm'));
  const { stdout } = run(binary, [folder, dump], here);
  return jsonLines(stdout, gmsmLine).map(({ file, signature, dataHash, stamp, seal, why }) => ({
    judge: 'gmsm',
    file,
    ok: dataHash && stamp && seal,
    detail: `${signature}: dataHash ${dataHash}, stamp ${stamp}, seal ${seal}${why === undefined ? '' : `, ${why}`}`,
  }));
}

/** OpenSSL checks the same signatures with the distinguishing identifier of GB/T 35276. */
function judgeWithOpenSsl(dump: string): Verdict[] {
  const stems = readdirSync(dump)
    .filter((name) => name.endsWith('.msg'))
    .sort()
    .map((name) => name.slice(0, -'.msg'.length));
  return stems.map((stem) => {
    const [at, key] = [join(dump, stem), join(dump, `${stem}.pem`)];
    const made = run('openssl', [
      'x509',
      '-inform',
      'DER',
      '-in',
      `${at}.cer`,
      '-pubkey',
      '-noout',
      '-out',
      key,
    ]);
    const id = ['-sigopt', 'distid:1234567812345678'];
    const said = run('openssl', [
      'dgst',
      '-sm3',
      '-verify',
      key,
      ...id,
      '-signature',
      `${at}.sig`,
      `${at}.msg`,
    ]);
    return {
      judge: 'openssl',
      file: stem.replace(/\.\d+\.(stamp|seal)$/, ''),
      ok: made.status === 0 && said.stdout.includes('Verified OK'),
      detail: stem.slice(stem.lastIndexOf('.ofd.') + 5),
    };
  });
}

/**
 * Lets ofdrw, gmsm and OpenSSL, which share no code with this repository, look at every OFD file of a folder. Needs Java
 * 17 with Maven, Go and OpenSSL 3; packages come by name through Maven and Go.
 * @param pictures where ofdrw's rendering goes, `<name>-<page>.png`.
 * @param texts what a reader must find, by file name.
 */
export function judgeOfdFiles(
  folder: string,
  pictures: string,
  texts: ReadonlyMap<string, readonly string[]>,
): readonly Verdict[] {
  const dump = join(work, 'signatures');
  rmSync(dump, { recursive: true, force: true });
  for (const path of [dump, pictures]) mkdirSync(path, { recursive: true });
  return [
    ...judgeWithOfdrw(folder, pictures, texts),
    ...judgeWithGmsm(folder, dump),
    ...judgeWithOpenSsl(dump),
  ];
}
