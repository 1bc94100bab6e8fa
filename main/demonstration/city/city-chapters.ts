import type { LegalDate } from '../../../domain/shared/legal-date';
import { anomalyChapters } from './anomaly-chapters';
import { catalogChapters, jointIssueChapters } from './catalog-chapters';
import type { Chapter } from './chapters';
import { forceMajeureChapters } from './force-majeure-chapters';
import { incrementChapters } from './increment-chapters';
import { issuanceChapters } from './issuance-chapters';
import { officeChapters, timeLimitChapters } from './office-chapters';
import { stateChapters } from './state-chapters';

/** Every story of the city, the ones that people look for first in front. */
export function cityChapters(today: LegalDate): readonly Chapter[] {
  return [
    ...timeLimitChapters(),
    ...catalogChapters(today),
    ...issuanceChapters(today),
    ...jointIssueChapters(),
    ...anomalyChapters(today),
    ...forceMajeureChapters(today),
    ...incrementChapters(today),
    ...stateChapters(today),
    ...officeChapters(today),
  ];
}
