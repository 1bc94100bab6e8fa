import { accepted } from '../../../domain/shared/result';
import type { CollectionDesk } from '../../../ports/collection-desk';
import { AGENCY } from './fake-identity';
import { INSTANT } from './fake-ids';

/** One comparison with a gap of one. */
export class FakeCollectionDesk implements CollectionDesk {
  async count() {
    return accepted(aGap());
  }
  async exempt() {
    return accepted({ id: '00000000-0000-4000-8000-0000000000c5' });
  }
  async gaps() {
    return [aGap()];
  }
}

function aGap() {
  return {
    authorityId: AGENCY.authorityId,
    catalogCode: '11100000000019713D013',
    certificateName: '道路运输证',
    firstDay: '2026-11-01',
    lastDay: '2026-11-30',
    registered: 9,
    counted: 10,
    exempted: 0,
    ratePercent: 90,
    missing: 1,
    missingHere: ['B-10'],
    unknownThere: [],
    toldAt: INSTANT,
  };
}
