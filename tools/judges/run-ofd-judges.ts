/**
 * Lets judges that share no code with this repository look at OFD files: ofdrw (parses, text, signatures, rendering),
 * gmsm and OpenSSL (SM2 signatures of stamp and seal, SM3 dataHash). Prints one JSON line per file and judge.
 *
 *   npx tsx tools/judges/run-ofd-judges.ts <folder with .ofd files> [folder for rendered pictures]
 *
 * Needs Java 17 with Maven, Go and OpenSSL 3; packages come by name through Maven and Go. Exits with 1 when a judge
 * refuses a file.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const here = __dirname;
const work = join(here, 'scratch');

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function lines(output: string): string[] {
  return output.split('\n').filter((line) => line.startsWith('{'));
}

function ofdrwLines(folder: string, pictures: string): string[] {
  const list = join(work, 'ofdrw.classpath');
  if (!existsSync(list)) {
    run('mvn', ['-q', '-B', 'dependency:build-classpath', `-Dmdep.outputFile=${list}`], join(here, 'ofdrw'));
  }
  const source = join(here, 'ofdrw', 'OfdJudge.java');
  const launch = [
    '-Djava.awt.headless=true',
    '-Dfile.encoding=UTF-8',
    '-cp',
    readList(list),
    source,
    folder,
    pictures,
  ];
  return lines(run('java', launch, here));
}

function readList(path: string): string {
  return run('cat', [path], here).trim();
}

function gmsmLines(folder: string, dump: string): string[] {
  const binary = join(work, 'gmsm-judge');
  run('go', ['build', '-o', binary, '.'], join(here, 'gmsm'));
  return lines(run(binary, [folder, dump], here));
}

function openSslAccepts(stem: string): boolean {
  const key = `${stem}.pem`;
  try {
    run('openssl', ['x509', '-inform', 'DER', '-in', `${stem}.cer`, '-pubkey', '-noout', '-out', key], work);
    const options = ['-sigopt', 'distid:1234567812345678', '-signature', `${stem}.sig`, `${stem}.msg`];
    return run('openssl', ['dgst', '-sm3', '-verify', key, ...options], work).includes('Verified OK');
  } catch {
    return false;
  }
}

function openSslLines(dump: string): string[] {
  return readdirSync(dump)
    .filter((name) => name.endsWith('.msg'))
    .sort()
    .map((name) => {
      const stem = name.slice(0, -'.msg'.length);
      return JSON.stringify({ judge: 'openssl', file: stem, verify: openSslAccepts(join(dump, stem)) });
    });
}

/** A line refuses when anything in it is false; the words `ok`, `verify`, `stamp`, `seal` and `dataHash` are flags. */
function refuses(line: string): boolean {
  return /"(?:ok|verify|stamp|seal|dataHash)":false/.test(line);
}

function main(): void {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('usage: run-ofd-judges.ts <folder> [folder for pictures]');
  const pictures = resolve(process.argv[3] ?? join(work, 'pictures'));
  const dump = join(work, 'signatures');
  rmSync(dump, { recursive: true, force: true });
  mkdirSync(dump, { recursive: true });
  const all = [
    ...ofdrwLines(resolve(folder), pictures),
    ...gmsmLines(resolve(folder), dump),
    ...openSslLines(dump),
  ];
  for (const line of all) process.stdout.write(`${line}\n`);
  process.exitCode = all.some(refuses) ? 1 : 0;
}

main();
