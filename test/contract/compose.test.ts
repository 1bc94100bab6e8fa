import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VARIABLE_NAMES } from '../../main/config';
import { temporalProcess } from '../../main/engines/temporal-server';

const CHECKOUT = join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(join(CHECKOUT, file), 'utf8');
const compose = read('docker-compose.yml');

function values(key: string): readonly string[] {
  return [...compose.matchAll(new RegExp(`^\\s+${key}: (.+)$`, 'gm'))].map((match) => match[1] ?? '');
}

describe('docker-compose.yml', () => {
  it('pins every image to a version', () => {
    const images = values('image');
    expect(images.length).toBeGreaterThan(5);
    for (const image of images) expect(image).toMatch(/^[a-z/-]+:(\$\{ECERT_VERSION:-)?v?\d+\.\d+/);
  });

  it('publishes on the loopback address only', () => {
    const ports = values('ports');
    expect(ports.length).toBeGreaterThan(3);
    for (const port of ports) expect(port).toMatch(/^\['127\.0\.0\.1:\d+:\d+'\]$/);
  });

  it('sets no variable of ours that the configuration does not know', () => {
    const block = /^x-environment: &environment\n((?: {2}.+\n)+)/m.exec(compose)?.[1] ?? '';
    const names = [...block.matchAll(/^ {2}([A-Z0-9_]+):/gm)].map((match) => match[1] ?? '');
    expect(names).toContain('PUBLIC_URL');
    expect(names.filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
  });

  it('passes every limit of traffic on, with the default of the configuration', () => {
    const limits = VARIABLE_NAMES.filter((name) => name.startsWith('LIMIT_'));
    expect(limits.length).toBeGreaterThan(4);
    const defaults = new Map(
      [...read('.env.example').matchAll(/^(LIMIT_[A-Z_]+)=(\d+)$/gm)].map((match) => [match[1], match[2]]),
    );
    const passed = limits.map((name) => `  ${name}: \${${name}:-${defaults.get(name)}}\n`);
    expect(passed.filter((line) => !compose.includes(line))).toEqual([]);
  });

  it('tunes Temporal as the development server is tuned', () => {
    const file = read('docker/temporal/dynamic-config.yaml');
    const inFile = [...file.matchAll(/^([A-Za-z.]+):\n {2}- value: (\S+)$/gm)].map(
      (match) => `${match[1]}=${match[2]}`,
    );
    const { args } = temporalProcess({
      cli: 'temporal',
      port: 7233,
      httpPort: 7243,
      namespace: 'default',
      databaseFile: join(CHECKOUT, 'data', 'temporal.db'),
      logFile: '',
      runFolder: '',
      environment: {},
    });
    const inArgs = args.filter((_, index) => args[index - 1] === '--dynamic-config-value');
    expect(inFile.toSorted()).toEqual(inArgs.toSorted());
  });

  it('takes the versions of the server and of the page that the pinned command-line program brings', () => {
    const module = read('tools/temporal/go.mod');
    expect(compose).toContain(`temporalio/server:${/go\.temporal\.io\/server v(\S+)/.exec(module)?.[1]}\n`);
    expect(compose).toContain(`temporalio/ui:${/ui-server\/v2 v(\S+)/.exec(module)?.[1]}\n`);
  });
});
