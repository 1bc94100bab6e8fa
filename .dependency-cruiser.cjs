/**
 * The import arrows of the architecture. Each rule says why; test/contract/boundaries.test.ts plants a forbidden
 * import for each of them, and a permitted one beside it, and shows that the fence bites only where it should.
 */
const LAYERS = [
  'domain',
  'documents',
  'ports',
  'workflows',
  'activities',
  'adapters',
  'api',
  'main',
  'checker',
  'simulators',
  'migrations',
  'web',
];
/** What is never part of the product that runs in an office. */
const AROUND = ['test', 'tools', 'bench'];

const below = (folders) => `^(${folders.join('|')})/`;

/** A layer that may import of ours only itself and the named layers. */
function onlyOurs(layer, permitted, comment) {
  const ours = [...LAYERS, ...AROUND].filter((other) => other !== layer && !permitted.includes(other));
  return {
    name: `${layer}-imports`,
    comment,
    severity: 'error',
    from: { path: below([layer]) },
    to: { path: below(ours) },
  };
}

/** An arrow that exists for the compiler only. */
function typesOnly(from, to, comment) {
  return {
    name: `${from}-${to}-types-only`,
    comment,
    severity: 'error',
    from: { path: below([from]) },
    to: { path: below([to]), dependencyTypesNot: ['type-only'] },
  };
}

module.exports = {
  forbidden: [
    {
      name: 'domain-imports',
      comment:
        'The law and the office are pure functions: no database, no clock, no randomness, no package. Only so can a rule be tested by properties and read by a lawyer.',
      severity: 'error',
      from: { path: below(['domain']) },
      to: { pathNot: below(['domain']) },
    },
    onlyOurs(
      'documents',
      [],
      'OFD, PDF and seals are bytes in and bytes out; the folder could be an npm package of its own, and the checker and the simulators rely on that.',
    ),
    onlyOurs(
      'ports',
      ['domain'],
      'A port speaks the words of the domain; what implements it must not shine through.',
    ),
    {
      name: 'ports-without-packages',
      comment: 'A port that mentions pg or express binds everyone who uses it to that package.',
      severity: 'error',
      from: { path: below(['ports']) },
      to: { pathNot: below(['ports', 'domain']) },
    },
    typesOnly('ports', 'domain', 'Ports are interfaces: code that runs does not belong there.'),
    onlyOurs(
      'workflows',
      ['domain', 'activities'],
      'Workflow code is replayed; whatever it could reach beyond the pure domain might differ at the second run.',
    ),
    typesOnly(
      'workflows',
      'activities',
      'A workflow calls activities through the server; importing their code would put the database into the bundle.',
    ),
    {
      name: 'workflows-without-node',
      comment:
        'The workflow sandbox has neither the modules of Node nor real time, and zod alone adds 1 MiB to the bundle; only the SDK for workflows is deterministic.',
      severity: 'error',
      from: { path: below(['workflows']) },
      to: {
        pathNot: `${below(['workflows', 'domain', 'activities'])}|(^|/)@temporalio/(workflow|common)(/|$)`,
        dependencyTypesNot: ['type-only'],
      },
    },
    onlyOurs(
      'activities',
      ['domain', 'ports', 'documents'],
      'An activity knows its surroundings by ports only, so that a test can give it others and a fault test a lying one.',
    ),
    onlyOurs(
      'adapters',
      ['ports', 'domain', 'documents', 'workflows'],
      'An adapter implements ports; it must not call back into what uses it.',
    ),
    {
      name: 'adapters-workflow-messages-only',
      comment:
        'To start or signal a workflow its messages suffice; importing the workflow itself would run its top level outside the sandbox.',
      severity: 'error',
      from: { path: below(['adapters']) },
      to: { path: '^workflows/', pathNot: '/messages\\.ts$' },
    },
    onlyOurs(
      'api',
      ['domain', 'ports'],
      'A route parses, authorises, calls a port and answers. Whatever it could reach beyond that would become a second place for rules.',
    ),
    {
      name: 'nobody-imports-main',
      comment:
        'main/ is where things are constructed; whoever imports it constructs the world to get a piece of it.',
      severity: 'error',
      from: { path: below(LAYERS.filter((layer) => layer !== 'main')) },
      to: { path: below(['main']) },
    },
    onlyOurs(
      'checker',
      ['documents'],
      'The independent checker must not share a mistake with the issuer: of ours it may read containers and verify, nothing else.',
    ),
    onlyOurs(
      'simulators',
      ['documents'],
      'Portal, agency, timestamp and up-report are systems of others; sharing our code would hide that we misread their protocol.',
    ),
    onlyOurs(
      'migrations',
      [],
      'A migration must do in ten years what it did today; code that changes is not part of it.',
    ),
    onlyOurs(
      'web',
      [],
      'The console knows the system only through the client that is generated from openapi.json.',
    ),
    {
      name: 'no-test-in-production',
      comment: 'Fakes, generators and measurements must not run in an office.',
      severity: 'error',
      from: { path: below(LAYERS) },
      to: { path: below(AROUND) },
    },
    {
      name: 'verification-does-not-sign',
      comment:
        'Whoever judges a seal shares no code path with whoever makes one, so that one mistake cannot be made and overlooked at once.',
      severity: 'error',
      from: { path: '^documents/(verification|pdf-signature/verify)' },
      to: { path: '^documents/(seal/|pdf-signature/(prepare|finish|write))', reachable: true },
    },
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one module, or a third one is missing.',
      severity: 'error',
      from: { pathNot: '^node_modules' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere fails at the office instead of here.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(data|coverage|web/(dist|node_modules)|tools/judges/scratch)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
