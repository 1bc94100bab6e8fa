import { recordEvent } from '../../../adapters/postgres/evidence/record-event';
import { demonstrationId, SEEDER } from '../demonstration-deps';
import { CITY_BUREAU } from '../demonstration-units';
import { unitId } from '../seed-units';
import type { StoryOffice } from './story-office';

/** A story of the demonstration city that is told once. */
export interface Chapter {
  readonly key: string;
  readonly tell: (office: StoryOffice) => Promise<void>;
}

const EVENT_KIND = 'demonstration.laid';

/** Which chapters were told in this register: the event log itself knows. */
export async function toldChapters(office: StoryOffice): Promise<ReadonlySet<string>> {
  const rows = await office.register.statement<{ id: string }>(
    SEEDER,
    'SELECT id FROM event WHERE kind = ?',
    [EVENT_KIND],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The id under which the log remembers a chapter. */
export function chapterId(key: string): string {
  return demonstrationId('chapter', key);
}

/**
 * Effect: the chapter is told, the cases that it leaves open get their workflows, and the log says that this is the
 * demonstration's. One that was broken off is told again: every step of it finds what is there.
 */
export async function tellChapter(office: StoryOffice, chapter: Chapter): Promise<void> {
  try {
    await chapter.tell(office);
    await office.layDownRecords();
  } finally {
    await office.register.letGo();
  }
  const now = office.today();
  await office.register.within(SEEDER, (transaction) =>
    recordEvent(transaction, {
      id: chapterId(chapter.key),
      kind: EVENT_KIND,
      caseKind: 'demonstration',
      caseId: chapterId(chapter.key),
      authorityId: unitId(CITY_BUREAU),
      trade: 'market',
      actor: { kind: 'system', id: 'demonstration' },
      facts: { chapter: chapter.key },
      occurredAt: now,
      recordedAt: now,
    }),
  );
}
