import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ALL_ROUTES } from '../../api/all-routes';
import { createOpenApiDocument } from '../../api/openapi-document';

const CAMEL_CASE = /^[a-z][a-zA-Z0-9]*$/;
const CHINESE = /[\u4e00-\u9fff]/;

const schemaSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});
type Schema = z.output<typeof schemaSchema>;
const contentSchema = z.record(z.string(), z.object({ schema: schemaSchema }));
const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.string(), description: z.string().optional() }))
    .optional(),
  requestBody: z.looseObject({ content: contentSchema }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ description: z.string(), content: contentSchema.optional() }),
  ),
});
const documentSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), schemaSchema) }),
});

const committed: unknown = JSON.parse(readFileSync(join(__dirname, '../../openapi.json'), 'utf8'));
const document = documentSchema.parse(committed);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every schema of the document with where it stands, references not followed. */
function* schemasWithin(value: unknown, place: string): Generator<readonly [string, Schema]> {
  if (typeof value !== 'object' || value === null) return;
  const schema = schemaSchema.safeParse(value);
  if (schema.success && schema.data.properties !== undefined) yield [place, schema.data];
  for (const [key, inner] of Object.entries(value)) yield* schemasWithin(inner, `${place}/${key}`);
}

function resolve(schema: Schema): readonly [string | null, Schema] {
  const name = schema.$ref?.split('/').at(-1) ?? null;
  return [name, name === null ? schema : (document.components.schemas[name] ?? schema)];
}

/** What successful answers show: the root of a JSON body, or the items of a page. */
function shownResources(): readonly {
  operationId: string;
  name: string | null;
  required: readonly string[];
}[] {
  return operations.flatMap(({ operation }) =>
    Object.entries(operation.responses).flatMap(([status, { content }]) => {
      const json = content?.['application/json']?.schema;
      if (Number(status) >= 400 || json === undefined) return [];
      const [name, root] = resolve(json);
      const page = z.looseObject({ items: schemaSchema }).safeParse(root.properties?.['items']);
      const [shownName, shown] = page.success ? resolve(page.data.items) : [name, root];
      return [{ operationId: operation.operationId, name: shownName, required: shown.required ?? [] }];
    }),
  );
}

describe('openapi.json', () => {
  it('is what `npm run generate` writes', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(createOpenApiDocument(ALL_ROUTES))));
  });

  it('has every route once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.toSorted()).toEqual(ALL_ROUTES.map(({ endpoint }) => endpoint.operationId).toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the style of the API', () => {
  it.each(operations.map((each) => [each.operation.operationId, each] as const))(
    '%s is named, said in Chinese and refuses by problems',
    (operationId, { path, operation }) => {
      expect(operationId).toMatch(CAMEL_CASE);
      expect(operation.summary).toMatch(CHINESE);
      expect(operation.tags).toHaveLength(1);
      for (const segment of path.split('/').filter((part) => part !== '' && !part.startsWith('{'))) {
        expect(segment).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\.csv)?$/);
      }
      const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(refusals.map(([status]) => status)).toEqual(expect.arrayContaining(['400', '429', '500']));
      for (const [, { content }] of refusals) {
        expect(content?.['application/problem+json']?.schema.$ref).toBe('#/components/schemas/Problem');
      }
    },
  );

  it('names members and parameters in camelCase', () => {
    const names = [...schemasWithin(document, '')].flatMap(([place, { properties }]) =>
      Object.keys(properties ?? {}).map((name) => `${place} ${name}`),
    );
    expect(names.length).toBeGreaterThan(200);
    expect(names.filter((name) => !CAMEL_CASE.test(name.split(' ').at(-1) ?? ''))).toEqual([]);
    const parameters = operations.flatMap(({ operation }) => operation.parameters ?? []);
    const inAddresses = parameters.filter((parameter) => parameter.in !== 'header');
    expect(inAddresses.filter(({ name }) => !CAMEL_CASE.test(name))).toEqual([]);
  });

  it('gives every resource its id, its state and what may be done with it', () => {
    // A verdict and a result are no resources; a use or a remark is a line that nobody can address.
    const notResources = new Set([
      'Verification',
      'CertificateUse',
      'TaskRemark',
      'BulkTaskResult',
      'IncrementMonth',
      'IncrementRow',
      'CollectionGap',
    ]);
    const bare = shownResources().filter(
      ({ name, required }) =>
        !notResources.has(name ?? '') &&
        !['id', 'state', 'availableActions'].every((member) => required.includes(member)),
    );
    expect(bare).toEqual([]);
  });

  it('is public for signing in, verifying, reckoning a deadline and what a signature proves only', () => {
    const open = operations.filter(({ operation }) => operation.security.length === 0);
    expect(open.map(({ operation }) => operation.operationId).toSorted()).toEqual([
      'previewDeadline',
      'signIn',
      'takeDeliveryReceipt',
      'verifyByCode',
      'verifyFile',
    ]);
  });

  it('asks sessions for the CSRF token on every write', () => {
    for (const { method, operation } of operations) {
      const session = operation.security.find((requirement) => 'session' in requirement);
      if (session !== undefined) {
        expect([operation.operationId, 'csrfToken' in session]).toEqual([
          operation.operationId,
          method !== 'get',
        ]);
      }
    }
  });

  it('asks for an Idempotency-Key wherever a POST starts something', () => {
    const asking = operations.filter(({ operation }) =>
      operation.parameters?.some(({ name }) => name === 'Idempotency-Key'),
    );
    expect(asking.map(({ operation }) => operation.operationId).toSorted()).toEqual([
      'addAgencySystem',
      'addAttachment',
      'addAuthority',
      'addPerson',
      'amendCertificate',
      'appointResponsiblePerson',
      'cancelCertificate',
      'copyLastIssuance',
      'correctCertificate',
      'countCollection',
      'createIssuance',
      'createIssuanceDraft',
      'declareForceMajeure',
      'deliverIncrement',
      'draftCatalogEntry',
      'exemptFromCollection',
      'fileObjection',
      'grantSealUseMandate',
      'inspectPeriodicallyCertificate',
      'issueAgencyKey',
      'markAffectedItem',
      'markCertificateDoubt',
      'recallCertificate',
      'reinstateCertificate',
      'reissueCertificate',
      'renewCertificate',
      'reportHolder',
      'rescindCertificate',
      'resetPassword',
      'resumeCertificate',
      'retryIncrement',
      'revokeCertificate',
      'submitIssuanceDraft',
      'suspendCertificate',
      'transferInCertificate',
      'transferOutCertificate',
      'undoTransferOutCertificate',
      'voidCertificate',
    ]);
  });
});
