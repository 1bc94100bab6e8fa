import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEMONSTRATION_ACCOUNTS,
  DEMONSTRATION_PASSWORD,
} from '../../main/demonstration/demonstration-accounts';
import { createSignatureCheck } from '../../simulators/protocol/check-request-signature';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const snippet = /```bash\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
const signFunction = /^sign\(\) \{\n[\s\S]*?^\}$/m.exec(snippet)?.[0] ?? '';

/** What the README's own shell function prints, with a fixed time and nonce. */
function sign(method: string, target: string, bodyFile: string, nonce = '0123456789abcdef'): string {
  return execFileSync('bash', ['-euc', `${signFunction}\nsign "$@"`, 'bash', method, target, bodyFile], {
    encoding: 'utf8',
    env: { ...process.env, SECRET: 'test-secret', TIMESTAMP: '1763884800', NONCE: nonce },
  });
}

describe("the README's shell snippet", () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecert-readme-'));
  const body = join(folder, 'body.json');
  beforeAll(() => writeFileSync(body, '{"a":1}'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('signs as the published vector says', () => {
    expect(sign('POST', '/api/v1/issuances', body)).toBe(
      'Authorization: ECERT-HMAC-SHA256 keyId="demo-agency", timestamp="1763884800", nonce="0123456789abcdef", signature="98mA75RBz4EdFNeQBdaeChb8BhYbLeWTs7DEv6z/THA="',
    );
  });

  it.each([
    ['a request without a body', 'GET', '/api/v1/certificates/1/files/ofd', '/dev/null', ''],
    ['a query in any order', 'GET', '/api/v1/certificates?q=b&limit=5&a=%E8%92%99', '/dev/null', ''],
  ])('signs %s so that another implementation takes it', (_, method, target, file, text) => {
    const whyNot = createSignatureCheck(
      { keyId: 'demo-agency', secret: 'test-secret' },
      () => new Date(1_763_884_800_000),
    );
    const authorization = sign(method, target, file).replace('Authorization: ', '');
    expect(whyNot({ method, target, authorization, body: Buffer.from(text) })).toBeNull();
  });

  it('is a script that bash can read, and issues every sample', () => {
    execFileSync('bash', ['-n'], { input: snippet });
    const names = /for type in (.*?); do/.exec(snippet)?.[1]?.split(' ');
    expect(names).toEqual(['道路运输证', '建筑工程施工许可证', '不动产权证书']);
    for (const name of names ?? []) {
      expect(() => readFileSync(join(__dirname, `../../samples/issuances/${name}.json`))).not.toThrow();
    }
  });
});

describe("the README's lists", () => {
  it('name every demonstration account and the password', () => {
    for (const { username } of DEMONSTRATION_ACCOUNTS) expect(readme).toContain(`\`${username}\``);
    expect(readme).toContain(DEMONSTRATION_PASSWORD);
  });

  it('speak of every article that asks the software for something', () => {
    const table = readme.slice(readme.indexOf('## 逐条对照'), readme.indexOf('## 哪些是模拟的'));
    const articles = [
      '二',
      '三',
      '五',
      '六',
      '七',
      '八',
      '九',
      '十',
      '十一',
      '十九',
      '二十',
      '二十一',
      '二十二',
      '二十三',
    ];
    for (const article of articles) expect(table).toContain(`| ${article} |`);
    for (const range of ['四(一)', '四(二)', '四(三)', '四(四)', '十二–十八', '二十四、二十五']) {
      expect(table).toContain(`| ${range} |`);
    }
  });

  it('name every npm command', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(join(__dirname, '../../package.json'), 'utf8'),
    );
    for (const name of Object.keys(scripts)) {
      expect([name, new RegExp(`npm (run )?${name}\\b|· \`${name}\``).test(readme)]).toEqual([name, true]);
    }
  });

  it('link only to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
    for (const link of links) expect(() => readFileSync(join(__dirname, '../..', link))).not.toThrow();
  });
});
