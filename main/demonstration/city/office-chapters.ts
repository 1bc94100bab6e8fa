import { addDays, type LegalDate } from '../../../domain/shared/legal-date';
import { SEEDER } from '../demonstration-deps';
import { historyBeginsOn } from '../demonstration-history';
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

/** Limits that the city may set itself, and has: this office reviews and seals within three working days. */
const OWN_LIMITS = ['ISSUANCE_REVIEW', 'SYNCHRONISED_ISSUANCE_ALARM', 'AWAITING_SEAL'] as const;
const OWN_LIMIT_WORKING_DAYS = 3;

/** Before anything that a clock is set for. */
export function timeLimitChapters(): readonly Chapter[] {
  return [{ key: 'office/time-limits', tell: setTimeLimits }];
}

async function setTimeLimits(office: StoryOffice): Promise<void> {
  const city = await office.person('city');
  const now = office.today();
  office.clock.moveTo(
    new Date(Math.min(atHour(addDays(historyBeginsOn(now), 1), 9).getTime(), now.getTime())),
  );
  const policies = await office.register.statement<{ key: string; version: number }>(
    SEEDER,
    'SELECT key, max(version) AS version FROM sla_policy WHERE key = ANY (?::text[]) GROUP BY key',
    [[...OWN_LIMITS]],
  );
  const untouched = policies.filter(({ version }) => version === 1);
  if (untouched.length === 0) return;
  const basis = {
    title: '鄂尔多斯市电子证照办理时限规定(演示)',
    documentNumber: '鄂演示〔2025〕3号',
    article: '第四条',
    note: '演示数据，非真实文件',
  };
  await office.must(city, 'PUT', '/sla-policies', {
    body: {
      policies: untouched.map(({ key, version }) => ({
        key,
        version,
        value: OWN_LIMIT_WORKING_DAYS,
        unit: 'workingDays',
        basis,
      })),
    },
  });
}

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
