import type { LegalDate } from '../../../domain/shared/legal-date';
import type { Chapter } from './chapters';

/** Every story of the city, the ones that people look for first in front. */
export function cityChapters(_today: LegalDate): readonly Chapter[] {
  return [];
}
