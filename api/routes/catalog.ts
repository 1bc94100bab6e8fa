import type { CatalogDefinition } from '../../domain/catalog/catalog-entry';
import { checkCatalogDefinition } from '../../domain/catalog/check-catalog-definition';
import { diffCatalogVersions } from '../../domain/catalog/diff-catalog-versions';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import type { CatalogEntryView, CatalogVersionView } from '../../ports/catalog-desk';
import { mayCall } from '../authenticate';
import {
  approveCatalogVersion,
  diffCatalogVersion,
  draftCatalogEntry,
  listCatalog,
  listCatalogVersions,
  publishCatalogVersion,
  sendBackCatalogVersion,
  submitCatalogVersion,
  withdrawCatalogVersion,
} from '../contract/catalog';
import { exact, instantTextOrNull } from '../contract/shapes';
import type { Outcome } from '../http/answer';
import { created, ok, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { listAnswer } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { route } from '../http/route';

/** 发证目录 (art. 7). */
export const catalogRoutes: readonly Route[] = [
  route(listCatalog, async (_, { ports, principal }) =>
    listAnswer(await ports.catalog.list(principal), (entry) => showEntry(entry, principal)),
  ),

  route(draftCatalogEntry, async ({ body }, call) => {
    const definition: CatalogDefinition = exact(body);
    const draft = await call.ports.catalog.draft(call.principal, definition, idempotencyOf(call));
    if (!draft.ok) return draft;
    const location = `${API_ROOT}/catalog/${draft.value.catalogEntryId}/versions`;
    return created(showVersion(draft.value), location);
  }),

  route(listCatalogVersions, async ({ params }, { ports, principal }) => {
    const versions = await ports.catalog.versions(principal, params.id);
    return versions === null ? refuse('notFound') : listAnswer(versions, showVersion);
  }),

  route(diffCatalogVersion, async ({ params, query }, { ports, principal }) => {
    const versions = (await ports.catalog.versions(principal, params.id)) ?? [];
    const version = versions.find(({ id }) => id === params.versionId);
    if (version === undefined) return refuse('notFound');
    const against =
      query.against === undefined
        ? versions.find((other) => other.version === version.version - 1)
        : versions.find(({ id }) => id === query.against);
    if (against === undefined && query.against !== undefined) return refuse('notFound');
    return ok({
      id: version.id,
      state: version.state,
      against: against?.id ?? null,
      differences: against === undefined ? [] : diffCatalogVersions(against.definition, version.definition),
      availableActions: version.availableOperations,
    });
  }),

  route(submitCatalogVersion, ({ params }, call) =>
    withVersion(params, call, async (version) => {
      const problems = checkCatalogDefinition(version.definition);
      if (problems.length === 0) return shown(await call.ports.catalog.submit(call.principal, version.id));
      return refuse(
        'contentInvalid',
        problems.map((problem) => ({ code: 'definitionIncomplete', ...problem })),
      );
    }),
  ),

  route(sendBackCatalogVersion, ({ params, body }, call) =>
    withVersion(params, call, async ({ id }) =>
      shown(await call.ports.catalog.sendBack(call.principal, id, body.reason)),
    ),
  ),

  route(withdrawCatalogVersion, ({ params, body }, call) =>
    withVersion(params, call, async ({ id }) =>
      shown(await call.ports.catalog.withdraw(call.principal, id, body.reason)),
    ),
  ),

  route(approveCatalogVersion, ({ params }, call) =>
    withVersion(params, call, async ({ id }) => shown(await call.ports.catalog.approve(call.principal, id))),
  ),

  route(publishCatalogVersion, ({ params, body }, call) =>
    withVersion(params, call, async ({ id }) =>
      shown(await call.ports.catalog.publish(call.principal, id, body.effectiveFrom)),
    ),
  ),
];

/** A version only counts as found below its own entry. */
async function withVersion(
  params: { readonly id: string; readonly versionId: string },
  { ports, principal }: Call<Principal>,
  proceed: (version: CatalogVersionView) => Promise<Outcome>,
): Promise<Outcome> {
  const versions = (await ports.catalog.versions(principal, params.id)) ?? [];
  const version = versions.find(({ id }) => id === params.versionId);
  return version === undefined ? refuse('notFound') : proceed(version);
}

function shown(result: Result<CatalogVersionView, Refusal>): Outcome {
  return result.ok ? ok(showVersion(result.value)) : result;
}

function showEntry(entry: CatalogEntryView, principal: Principal) {
  return {
    ...entry,
    state: entry.publishedVersion === null ? 'notPublished' : 'published',
    availableActions: mayCall(draftCatalogEntry.access, principal) ? ['draft'] : [],
  };
}

function showVersion({ availableOperations, publishedAt, ...version }: CatalogVersionView) {
  return {
    ...version,
    publishedAt: instantTextOrNull(publishedAt),
    availableActions: availableOperations,
  };
}
