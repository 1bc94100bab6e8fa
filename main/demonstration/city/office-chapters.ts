import { addDays, type LegalDate } from '../../../domain/shared/legal-date';
import { SEEDER } from '../demonstration-deps';
import { DONGSHENG_BUREAU } from '../demonstration-units';
import { personId } from '../seed-accounts';
import { unitId } from '../seed-units';
import type { Chapter } from './chapters';
import { staffOf } from './city-staff';
import { atHour, workingDaysBefore } from './office-days';
import { SeededChoice } from './seeded-choice';
import type { StoryOffice } from './story-office';

/** Who is on leave, and who does the work meanwhile. */
const ON_LEAVE = staffOf('transport-150621', 'operator');
const SUBSTITUTE = staffOf('transport-150621', 'reviewer');
const READ_DAYS = 30;
const READS_PER_DAY = 7;

const READS: readonly (readonly [string, string])[] = [
  ['operator1', '办理变更时核对原证照'],
  ['window1', '窗口核对申请人提交的证照'],
  ['reviewer1', '审核关联事项'],
  ['reviewer2', '复核'],
  ['investigator1', '核查异议'],
  ['supervisor', '日常监督抽查'],
  ['dongsheng', '辖区数据质量检查'],
  ['city', '市级数据质量抽查'],
];

/** People: who is away, and thirty days of reads that the auditor sees with their purposes. */
export function officeChapters(today: LegalDate): readonly Chapter[] {
  return [
    { key: 'office/leave', tell: (office) => takeLeave(office, today) },
    ...Array.from({ length: READ_DAYS }, (_, ordinal) => ({
      key: `office/reads/${ordinal}`,
      tell: (office: StoryOffice) => readOn(office, workingDaysBefore(today, ordinal + 1)),
    })),
  ];
}

async function takeLeave(office: StoryOffice, today: LegalDate): Promise<void> {
  office.clock.moveTo(atHour(workingDaysBefore(today, 3), 16));
  await office.must(await office.person(ON_LEAVE), 'PUT', `/people/${personId(ON_LEAVE)}/leave`, {
    body: { from: addDays(today, -2), until: addDays(today, 12), substituteId: personId(SUBSTITUTE) },
  });
}

/** A day's reads of faces; each with its purpose, by people who may read them, of what there was on that day. */
async function readOn(office: StoryOffice, day: LegalDate): Promise<void> {
  const choice = new SeededChoice('reads');
  const certificates = await office.register.statement<{ id: string }>(
    SEEDER,
    `SELECT certificate_id AS id FROM certificate_version
     WHERE authority_id = ? AND issued_at < ? AND version = '001' ORDER BY issued_at, id LIMIT 200`,
    [unitId(DONGSHENG_BUREAU), atHour(day, 0)],
  );
  if (certificates.length === 0) return;
  for (let ordinal = 0; ordinal < READS_PER_DAY; ordinal += 1) {
    const [username, purpose] = choice.of(READS, day, ordinal);
    const { id } = choice.of(certificates, day, ordinal, 'certificate');
    office.clock.moveTo(atHour(day, 9 + ordinal * 1.1));
    await office.must(await office.person(username), 'GET', `/certificates/${id}/face`, { purpose });
  }
}
