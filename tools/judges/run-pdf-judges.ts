/**
 * Lets judges that share no code with this repository look at PDF files: poppler (pdfsig, pdftoppm), qpdf, MuPDF and
 * pyHanko. Prints one JSON line per file and judge.
 *
 *   npx tsx tools/judges/run-pdf-judges.ts <folder with .pdf files> [trust anchor in PEM]
 *
 * Installs what is missing by package name: poppler-utils, qpdf and mupdf-tools through apt, pyHanko and pyhanko-cli
 * through pip. Without a trust anchor pyHanko is asked for integrity only. Exits with 1 when a judge refuses a file.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const work = join(__dirname, 'scratch', 'pdf');

interface Outcome {
  readonly status: number | null;
  readonly text: string;
}

interface Verdict {
  readonly judge: string;
  readonly file: string;
  readonly ok: boolean;
  readonly detail: string;
}

function run(command: string, args: readonly string[]): Outcome {
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 120_000 });
  return {
    status: done.error === undefined ? done.status : null,
    text: `${done.stdout ?? ''}${done.stderr ?? ''}`,
  };
}

function isThere(command: string): boolean {
  return spawnSync('which', [command]).status === 0;
}

function install(command: string, args: readonly string[]): void {
  const { status, text } = run(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${text.slice(-2_000)}`);
}

function installMissing(): void {
  const packages = [
    ['pdfsig', 'poppler-utils'],
    ['qpdf', 'qpdf'],
    ['mutool', 'mupdf-tools'],
  ] as const;
  const missing = packages.filter(([command]) => !isThere(command)).map(([, name]) => name);
  if (missing.length > 0) install('apt-get', ['install', '-y', '-qq', ...missing]);
  if (!isThere('pyhanko')) install('python3', ['-m', 'pip', 'install', '--quiet', 'pyHanko', 'pyhanko-cli']);
}

/** Every signature must be valid, and the last must cover the whole file. */
function judgeWithPdfsig(path: string): Omit<Verdict, 'file'> {
  const { text } = run('pdfsig', ['-nocert', path]);
  const signatures = text.match(/Signature Validation: .*/g) ?? [];
  const coverage = text.match(/^ *- (Not )?[Tt]otal document signed/gm) ?? [];
  const allValid = signatures.length > 0 && signatures.every((line) => line.includes('Signature is Valid'));
  const whole = coverage.filter((line) => line.includes('Total document signed')).length === 1;
  return {
    judge: 'pdfsig',
    ok: allValid && whole,
    detail: `${signatures.length} signatures, whole file ${whole}`,
  };
}

function judgeWithQpdf(path: string): Omit<Verdict, 'file'> {
  const { status, text } = run('qpdf', ['--check', path]);
  const ok =
    status === 0 &&
    !/WARNING|ERROR/i.test(
      text
        .replace(/No syntax or stream encoding errors[^\n]*/g, '')
        .replace(/errors that qpdf cannot detect/g, ''),
    );
  return { judge: 'qpdf', ok, detail: ok ? '' : text.slice(-300) };
}

/** Debian builds MuPDF without colour profiles and says so for every file; that is no finding about the file. */
const BUILD_WARNINGS = /^warning: ICC support is not available$/gm;

function judgeWithMutool(path: string): Omit<Verdict, 'file'> {
  const { status, text } = run('mutool', [
    'draw',
    '-q',
    '-F',
    'png',
    '-o',
    join(work, 'mutool-%d.png'),
    path,
  ]);
  const said = text.replace(BUILD_WARNINGS, '').trim();
  return { judge: 'mutool', ok: status === 0 && said === '', detail: said.slice(-300) };
}

function judgeWithPdftoppm(path: string): Omit<Verdict, 'file'> {
  const { status, text } = run('pdftoppm', ['-png', '-r', '60', path, join(work, 'poppler')]);
  return { judge: 'pdftoppm', ok: status === 0 && text.trim() === '', detail: text.trim().slice(-300) };
}

function judgeWithPyHanko(path: string, anchor: string | undefined): Omit<Verdict, 'file'> {
  const trust = anchor === undefined ? [] : ['--trust', anchor, '--trust-replace'];
  const { text } = run('pyhanko', ['sign', 'validate', ...trust, path]);
  const lines = text.split('\n').filter((line) => /:(INTACT|INVALID|CORRUPT)/.test(line));
  const intact = lines.length > 0 && lines.every((line) => line.includes(':INTACT:'));
  const trusted = anchor === undefined || lines.every((line) => line.includes(':TRUSTED'));
  const changes = lines.every((line) => /UNTOUCHED|ACCEPTABLE_MODIFICATIONS/.test(line));
  const ok = intact && trusted && changes;
  return {
    judge: 'pyhanko',
    ok,
    detail: ok ? lines.map((line) => line.split(':').slice(2).join(':')).join(' ') : text.slice(-400),
  };
}

function main(): void {
  const [folderArgument, anchor] = process.argv.slice(2);
  if (folderArgument === undefined)
    throw new Error('usage: run-pdf-judges.ts <folder> [trust anchor in PEM]');
  const folder = resolve(folderArgument);
  installMissing();
  let refused = 0;
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.pdf'))
    .sort();
  for (const file of files) {
    const path = join(folder, file);
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const verdicts = [
      judgeWithPdfsig(path),
      judgeWithQpdf(path),
      judgeWithMutool(path),
      judgeWithPdftoppm(path),
      judgeWithPyHanko(path, anchor),
    ];
    for (const verdict of verdicts) {
      if (!verdict.ok) refused += 1;
      process.stdout.write(`${JSON.stringify({ file, ...verdict })}\n`);
    }
  }
  process.exitCode = refused > 0 || files.length === 0 ? 1 : 0;
}

main();
