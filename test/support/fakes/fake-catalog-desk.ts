import { BUILT_IN_DEFINITIONS } from '../../../domain/catalog/built-in/built-in-definitions';
import { REAL_ESTATE_CERTIFICATE } from '../../../domain/catalog/built-in/real-estate-certificate';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { CatalogOperation } from '../../../domain/catalog/lifecycle';
import { applyCatalogTransition, availableCatalogTransitions } from '../../../domain/catalog/lifecycle';
import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { CatalogDesk, CatalogVersionView } from '../../../ports/catalog-desk';
import { CATALOG_ID } from './fake-ids';

/** One type with versions that move by the domain's table. */
export class FakeCatalogDesk implements CatalogDesk {
  readonly #versions: CatalogVersionView[] = [
    aVersion(1, 'published', BUILT_IN_DEFINITIONS[0] ?? REAL_ESTATE_CERTIFICATE),
  ];

  async list() {
    const { code, name, trade } = REAL_ESTATE_CERTIFICATE;
    return [{ id: CATALOG_ID, code, name, trade, publishedVersion: 1, entitlements: [] }];
  }
  async versions(_: Principal, catalogEntryId: string) {
    return catalogEntryId === CATALOG_ID ? this.#versions : null;
  }
  async draft(_: Principal, definition: CatalogDefinition) {
    const version = aVersion(this.#versions.length + 1, 'draft', definition);
    this.#versions.push(version);
    return accepted(version);
  }
  async submit(_: Principal, versionId: string) {
    return this.#move(versionId, 'submit');
  }
  async approve(_: Principal, versionId: string) {
    return this.#move(versionId, 'approve');
  }
  async sendBack(_: Principal, versionId: string) {
    return this.#move(versionId, 'sendBack');
  }
  async withdraw(_: Principal, versionId: string) {
    return this.#move(versionId, 'withdraw');
  }
  async publish(_: Principal, versionId: string) {
    return this.#move(versionId, 'publish');
  }

  #move(versionId: string, operation: CatalogOperation): Result<CatalogVersionView, Refusal> {
    const index = this.#versions.findIndex(({ id }) => id === versionId);
    const version = this.#versions[index];
    if (version === undefined) return refused({ code: 'notFound' });
    const next = applyCatalogTransition(version.state, operation);
    if (!next.ok) return refused({ code: 'transitionNotAllowed' });
    const moved = aVersion(version.version, next.value, version.definition);
    this.#versions[index] = moved;
    return accepted(moved);
  }
}

function aVersion(
  version: number,
  state: CatalogVersionView['state'],
  definition: CatalogDefinition,
): CatalogVersionView {
  return {
    id: `00000000-0000-4000-8000-00000000ca${String(version).padStart(2, '0')}`,
    catalogEntryId: CATALOG_ID,
    version,
    state,
    effectiveFrom: null,
    publishedAt: null,
    stateReason: null,
    definition,
    availableOperations: availableCatalogTransitions(state),
  };
}
