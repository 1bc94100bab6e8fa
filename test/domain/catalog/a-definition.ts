import { ROAD_TRANSPORT_CERTIFICATE } from '../../../domain/catalog/built-in/road-transport-certificate';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import { legalDate } from '../../../domain/shared/legal-date';

/** A complete definition that may be submitted, with what a test changes. */
export function aDefinition(override: Partial<CatalogDefinition> = {}): CatalogDefinition {
  return {
    ...ROAD_TRANSPORT_CERTIFICATE,
    notClassifiedDeclaration: { declaredBy: '张三', declaredOn: legalDate('2026-11-23') },
    ...override,
  };
}
