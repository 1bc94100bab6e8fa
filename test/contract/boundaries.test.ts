import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const CHECKOUT = resolve(__dirname, '..', '..');
const CRUISER = join(CHECKOUT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');

type Rule = { readonly name: string; readonly comment?: string };
type Violation = { readonly from: string; readonly rule: { readonly name: string } };

const { forbidden }: { readonly forbidden: readonly Rule[] } = createRequire(__filename)(
  join(CHECKOUT, '.dependency-cruiser.cjs'),
);

/** What the planted files import: one innocent module per folder, and three packages. */
const TARGETS: readonly string[] = [
  'domain/rule.ts',
  'documents/seal/build.ts',
  'documents/verification/report.ts',
  'documents/pdf-signature/prepare-signature.ts',
  'documents/pdf-signature/reading/form.ts',
  'ports/store.ts',
  'workflows/shared/messages.ts',
  'workflows/issuance/workflow.ts',
  'activities/issuance.ts',
  'adapters/postgres/store.ts',
  'api/routes.ts',
  'main/start.ts',
  'checker/run.ts',
  'simulators/portal/server.ts',
  'migrations/one.ts',
  'web/client.ts',
  'test/fake.ts',
  'tools/generate.ts',
  'bench/run.ts',
];
const PACKAGES = ['zod', 'pg', '@temporalio/workflow', '@temporalio/activity'];

/** `type` plants `import type`, the others a plain import. */
type Plant = {
  readonly in: string;
  readonly imports: string;
  readonly kind?: 'type';
  readonly rules: readonly string[];
};

const FORBIDDEN: readonly Plant[] = [
  { in: 'domain', imports: 'ports/store', rules: ['domain-imports'] },
  { in: 'domain', imports: 'zod', rules: ['domain-imports'] },
  { in: 'domain', imports: 'node:crypto', rules: ['domain-imports'] },
  { in: 'domain', imports: 'ports/store', kind: 'type', rules: ['domain-imports'] },
  { in: 'documents', imports: 'domain/rule', rules: ['documents-imports'] },
  {
    in: 'ports',
    imports: 'adapters/postgres/store',
    kind: 'type',
    rules: ['ports-imports', 'ports-without-packages'],
  },
  { in: 'ports', imports: 'pg', kind: 'type', rules: ['ports-without-packages'] },
  { in: 'ports', imports: 'domain/rule', rules: ['ports-domain-types-only'] },
  { in: 'workflows', imports: 'ports/store', kind: 'type', rules: ['workflows-imports'] },
  { in: 'workflows', imports: 'activities/issuance', rules: ['workflows-activities-types-only'] },
  { in: 'workflows', imports: 'zod', rules: ['workflows-without-node'] },
  { in: 'workflows', imports: 'node:fs', rules: ['workflows-without-node'] },
  { in: 'workflows', imports: '@temporalio/activity', rules: ['workflows-without-node'] },
  { in: 'activities', imports: 'adapters/postgres/store', rules: ['activities-imports'] },
  { in: 'adapters', imports: 'activities/issuance', rules: ['adapters-imports'] },
  { in: 'adapters', imports: 'workflows/issuance/workflow', rules: ['adapters-workflow-messages-only'] },
  { in: 'api', imports: 'adapters/postgres/store', rules: ['api-imports'] },
  { in: 'api', imports: 'documents/seal/build', rules: ['api-imports'] },
  { in: 'adapters', imports: 'main/start', rules: ['adapters-imports', 'nobody-imports-main'] },
  { in: 'checker', imports: 'domain/rule', rules: ['checker-imports'] },
  { in: 'simulators', imports: 'ports/store', kind: 'type', rules: ['simulators-imports'] },
  { in: 'migrations', imports: 'domain/rule', rules: ['migrations-imports'] },
  { in: 'web', imports: 'domain/rule', kind: 'type', rules: ['web-imports'] },
  { in: 'main', imports: 'test/fake', rules: ['no-test-in-production'] },
  { in: 'main', imports: 'bench/run', rules: ['no-test-in-production'] },
  { in: 'documents/verification', imports: 'documents/seal/build', rules: ['verification-does-not-sign'] },
  {
    in: 'documents/pdf-signature',
    imports: 'documents/pdf-signature/prepare-signature',
    rules: ['verification-does-not-sign'],
  },
  { in: 'documents', imports: 'documents/missing', rules: ['resolvable'] },
];

const PERMITTED: readonly Plant[] = [
  { in: 'ports', imports: 'domain/rule', kind: 'type', rules: [] },
  { in: 'workflows', imports: 'activities/issuance', kind: 'type', rules: [] },
  { in: 'workflows', imports: 'domain/rule', rules: [] },
  { in: 'workflows', imports: '@temporalio/workflow', rules: [] },
  { in: 'activities', imports: 'ports/store', kind: 'type', rules: [] },
  { in: 'activities', imports: 'documents/seal/build', rules: [] },
  { in: 'activities', imports: '@temporalio/activity', rules: [] },
  { in: 'adapters', imports: 'workflows/shared/messages', rules: [] },
  { in: 'adapters', imports: 'documents/seal/build', rules: [] },
  { in: 'adapters', imports: 'pg', rules: [] },
  { in: 'api', imports: 'domain/rule', rules: [] },
  { in: 'api', imports: 'zod', rules: [] },
  { in: 'documents', imports: 'node:crypto', rules: [] },
  { in: 'documents/verification', imports: 'documents/pdf-signature/reading/form', rules: [] },
  { in: 'checker', imports: 'documents/verification/report', rules: [] },
  { in: 'checker', imports: 'pg', rules: [] },
  { in: 'simulators', imports: 'documents/seal/build', rules: [] },
  { in: 'main', imports: 'adapters/postgres/store', rules: [] },
  { in: 'migrations', imports: 'pg', kind: 'type', rules: [] },
  { in: 'test', imports: 'main/start', rules: [] },
];

/** A cycle of types is none at run time; one of values is. */
const CYCLES: Readonly<Record<string, string>> = {
  'domain/cycle-a.ts': `import { b } from './cycle-b';\nexport const a = (): unknown => b;\n`,
  'domain/cycle-b.ts': `import { a } from './cycle-a';\nexport const b = (): unknown => a;\n`,
  'domain/type-cycle-a.ts': `import type { B } from './type-cycle-b';\nexport type A = { b?: B };\n`,
  'domain/type-cycle-b.ts': `import type { A } from './type-cycle-a';\nexport type B = { a?: A };\n`,
};

const plants = [...FORBIDDEN, ...PERMITTED].map((plant, index) => ({
  ...plant,
  file: `${plant.in}/${plant.in === 'documents/pdf-signature' ? 'verify-' : ''}plant-${index}.ts`,
}));

function write(root: string, file: string, text: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function sourceOf(plant: (typeof plants)[number]): string {
  const isOurs = /^[a-z]+\//.test(plant.imports);
  const up = '../'.repeat(plant.in.split('/').length);
  const specifier = isOurs ? `${up}${plant.imports}` : plant.imports;
  return plant.kind === 'type'
    ? `import type * as planted from '${specifier}';\nexport type Planted = typeof planted;\n`
    : `import * as planted from '${specifier}';\nexport const used: unknown = planted;\n`;
}

function cruise(): ReadonlyMap<string, readonly string[]> {
  const root = mkdtempSync(join(tmpdir(), 'ecert-fence-'));
  try {
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json'])
      copyFileSync(join(CHECKOUT, file), join(root, file));
    for (const target of TARGETS) write(root, target, 'export const value = 1;\nexport type Value = 1;\n');
    for (const name of PACKAGES) {
      write(
        root,
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
      );
      write(root, `node_modules/${name}/index.js`, 'exports.value = 1;\n');
    }
    write(
      root,
      'package.json',
      JSON.stringify({
        name: 'fence',
        dependencies: Object.fromEntries(PACKAGES.map((name) => [name, '1'])),
      }),
    );
    for (const plant of plants) write(root, plant.file, sourceOf(plant));
    for (const [file, text] of Object.entries(CYCLES)) write(root, file, text);
    const args = [
      CRUISER,
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      '{domain,documents,ports,workflows,activities,adapters,api,main,checker,simulators,migrations,web,test,tools,bench}/**/*.ts',
    ];
    return violationsByFile(run(root, args));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function run(root: string, args: readonly string[]): readonly Violation[] {
  const text = execFileSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const report: { readonly summary: { readonly violations: readonly Violation[] } } = JSON.parse(text);
  return report.summary.violations;
}

function violationsByFile(violations: readonly Violation[]): ReadonlyMap<string, readonly string[]> {
  const byFile = new Map<string, string[]>();
  for (const { from, rule } of violations) byFile.set(from, [...(byFile.get(from) ?? []), rule.name]);
  return byFile;
}

describe('the fence between the layers', () => {
  let found: ReadonlyMap<string, readonly string[]> = new Map();
  beforeAll(() => {
    found = cruise();
  }, 60_000);

  it.each(plants.filter(({ rules }) => rules.length > 0))(
    'bites when $in imports $imports ($kind)',
    ({ file, rules }) => {
      expect([...new Set(found.get(file) ?? [])].toSorted()).toEqual([...rules].toSorted());
    },
  );

  it.each(plants.filter(({ rules }) => rules.length === 0))(
    'lets $in import $imports ($kind)',
    ({ file }) => {
      expect(found.get(file)).toBeUndefined();
    },
  );

  it('bites on a cycle of values and not on one of types', () => {
    expect(found.get('domain/cycle-a.ts')).toEqual(['no-cycles']);
    expect(found.get('domain/type-cycle-a.ts')).toBeUndefined();
  });

  it('has been tried for every rule, and every rule says why', () => {
    const tried = new Set([...FORBIDDEN.flatMap(({ rules }) => rules), 'no-cycles']);
    expect(forbidden.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
    for (const { comment } of forbidden) expect((comment ?? '').length).toBeGreaterThan(40);
  });
});
