import type { LegalDate } from '../../../domain/shared/legal-date';
import { SEEDER } from '../demonstration-deps';
import { DONGSHENG_BUREAU } from '../demonstration-units';
import { unitId } from '../seed-units';
import { plannedAt, SCENARIO_INDEX } from './certificate-plan';
import type { Chapter } from './chapters';
import { CITY_COMPANIES } from './city-people';
import { conductChange } from './lay-change';
import { type LaidIssuance, layIssuance } from './lay-issuance';
import { atHour, workingDaysBefore } from './office-days';
import type { StoryOffice } from './story-office';

const FIELD = '车辆类型';
const CLAIMED = '重型普通货车(行驶证所载)';
/** Who looked at the certificate whose data were wrong. */
const READERS: readonly (readonly [string, string])[] = [
  ['operator1', '办理年审时核对车辆信息'],
  ['window1', '窗口核对'],
  ['reviewer1', '审核相关事项'],
  ['reviewer2', '复核'],
  ['supervisor', '监督抽查'],
  ['dongsheng', '辖区核查'],
  ['city', '市级抽查'],
];

/** How a story goes on after the objection was filed so many working days ago. */
interface Story {
  readonly key: string;
  readonly filedAgo: number;
  readonly go?: (office: StoryOffice, caseId: string, today: LegalDate, laid: LaidIssuance) => Promise<void>;
  /** Null: what the agency has is what the register has. */
  readonly recorded?: string;
  readonly objector?: string;
  readonly before?: (office: StoryOffice, laid: LaidIssuance, today: LegalDate) => Promise<void>;
}

const accepted =
  (daysAgo: number): NonNullable<Story['go']> =>
  (office, caseId, today) =>
    accept(office, caseId, today, daysAgo);

function many(count: number, make: (ordinal: number) => Story): readonly Story[] {
  return Array.from({ length: count }, (_, ordinal) => make(ordinal));
}

/** 25 objections (art. 20), from the one nobody has claimed to the one that seven users had to be told of. */
const STORIES: readonly Story[] = [
  ...many(6, (ordinal) => ({ key: `unclaimed/${ordinal}`, filedAgo: ordinal < 3 ? 1 : 0 })),
  ...many(9, (ordinal) => ({
    key: `in-work/${ordinal}`,
    filedAgo: 3 + (ordinal % 5),
    go: accepted(2 + (ordinal % 5)),
    ...(ordinal % 3 === 0 ? { recorded: CLAIMED } : {}),
  })),
  ...many(2, (ordinal) => ({ key: `due-today/${ordinal}`, filedAgo: 11, go: accepted(10) })),
  ...many(2, (ordinal) => ({ key: `overdue/${ordinal}`, filedAgo: 14, go: accepted(13 - ordinal) })),
  { key: 'transferred-twice', filedAgo: 5, go: transferTwice },
  { key: 'across-provinces', filedAgo: 9, go: handOver },
  { key: 'unreachable', filedAgo: 12, go: unreachable },
  ...many(2, (ordinal) => ({ key: `upheld/${ordinal}`, filedAgo: 25 + ordinal * 8, go: upheld })),
  { key: 'corrected', filedAgo: 30, recorded: CLAIMED, before: readBySeven, go: correct },
];

/** Indices of vehicles that the anomaly cases are about. */
const FIRST_INDEX = SCENARIO_INDEX + 100;

export function anomalyChapters(today: LegalDate): readonly Chapter[] {
  return STORIES.map((story, ordinal) => ({
    key: `anomaly/${story.key}`,
    tell: (office) => tell(office, today, story, FIRST_INDEX + ordinal),
  }));
}

async function tell(office: StoryOffice, today: LegalDate, story: Story, index: number): Promise<void> {
  const planned = plannedAt(
    'roadTransport',
    DONGSHENG_BUREAU,
    index,
    workingDaysBefore(today, 60 + (index % 40)),
    {
      holders: CITY_COMPANIES.slice(0, 1),
    },
  );
  const laid = await layIssuance(office, planned);
  if (laid.certificateId === null) throw new Error(`${laid.body.businessNumber} is ${laid.state}`);
  await story.before?.(office, laid, today);
  if (story.recorded !== undefined) {
    office.records.set(laid.body.businessNumber, {
      ...laid.body,
      face: { ...laid.body.face, [FIELD]: story.recorded },
    });
  }
  office.clock.moveTo(filedAt(office, today, story.filedAgo, index));
  const answered = await office.must(
    await office.person(story.objector ?? 'company1'),
    'POST',
    '/anomaly-cases',
    {
      key: `demonstration/anomaly/${story.key}`,
      body: {
        certificateId: laid.certificateId,
        claims: [{ field: FIELD, ground: 'accuracy', claimedValue: CLAIMED }],
        explanation: '证照所载车辆类型与行驶证不一致，请核实。',
        contact: '0477-0012345',
      },
    },
  );
  const caseId = String(answered['id']);
  await office.steps.settleAnomalyCase(caseId);
  if (String(answered['state']) === 'filed') await story.go?.(office, caseId, today, laid);
}

/** In office hours; today only as late as it is. */
function filedAt(office: StoryOffice, today: LegalDate, daysAgo: number, index: number): Date {
  if (daysAgo === 0) {
    return new Date(
      Math.max(atHour(today, 0).getTime() + 1_000, office.today().getTime() - (10 + (index % 50)) * 60_000),
    );
  }
  return atHour(workingDaysBefore(today, daysAgo), 9.5 + (index % 6));
}

async function act(
  office: StoryOffice,
  caseId: string,
  name: string,
  body: object | undefined,
  username = 'investigator1',
): Promise<void> {
  await office.must(
    await office.person(username),
    'POST',
    `/anomaly-cases/${caseId}/${name}`,
    body === undefined ? {} : { body },
  );
  await office.steps.settleAnomalyCase(caseId);
}

async function accept(office: StoryOffice, caseId: string, today: LegalDate, daysAgo: number): Promise<void> {
  office.clock.moveTo(atHour(workingDaysBefore(today, daysAgo), 10));
  await act(office, caseId, 'accept', {});
}

async function transferTwice(office: StoryOffice, caseId: string, today: LegalDate): Promise<void> {
  office.clock.moveTo(atHour(workingDaysBefore(today, 4), 10));
  await act(office, caseId, 'transfer', {
    authorityId: unitId('transport-150621'),
    reason: '车辆已迁入达拉特旗，应由该旗核查',
  });
  office.clock.moveTo(atHour(workingDaysBefore(today, 3), 11));
  await act(
    office,
    caseId,
    'transfer',
    { authorityId: unitId('transport-150627'), reason: '现经营地在伊金霍洛旗' },
    'transport-150621-reviewer',
  );
  office.clock.moveTo(atHour(workingDaysBefore(today, 3), 15));
  await act(office, caseId, 'accept', {}, 'transport-150627-reviewer');
}

async function handOver(office: StoryOffice, caseId: string, today: LegalDate): Promise<void> {
  await accept(office, caseId, today, 8);
  office.clock.moveTo(atHour(workingDaysBefore(today, 4), 15));
  await act(office, caseId, 'hand-over', {
    organ: '陕西省交通运输厅(演示)',
    reference: 'GJ-演示-0001',
    receipt: 'HZ-演示-0001',
    reason: '车辆登记数据由外省管理',
  });
  office.clock.advance(3_600_000);
  await act(office, caseId, 'reply', undefined);
}

async function decideUpheld(
  office: StoryOffice,
  caseId: string,
  today: LegalDate,
  daysAgo: number,
): Promise<void> {
  office.clock.moveTo(atHour(workingDaysBefore(today, daysAgo), 16));
  await act(office, caseId, 'decide', { decision: 'uphold', reason: '与业务档案和现场查验结果一致' });
  office.clock.advance(1_200_000);
  await act(office, caseId, 'reply', undefined);
}

async function unreachable(office: StoryOffice, caseId: string, today: LegalDate): Promise<void> {
  await accept(office, caseId, today, 11);
  await decideUpheld(office, caseId, today, 7);
  const view = await office.must(await office.person('investigator1'), 'GET', `/anomaly-cases/${caseId}`);
  const objections = view['objections'];
  const first: unknown = Array.isArray(objections) ? objections[0] : undefined;
  const objectionId = String(Object(first).id);
  for (const [daysAgo, note] of [
    [5, '电话无人接听'],
    [3, '登记电话已停机'],
  ] as const) {
    office.clock.moveTo(atHour(workingDaysBefore(today, daysAgo), 10.5));
    await act(office, caseId, 'contact-attempts', { objectionId, channel: 'telephone', note });
  }
}

async function upheld(office: StoryOffice, caseId: string, today: LegalDate): Promise<void> {
  await accept(office, caseId, today, 24);
  await decideUpheld(office, caseId, today, 19);
  office.clock.moveTo(atHour(workingDaysBefore(today, 17), 20));
  await office.must(await office.person('company1'), 'GET', `/anomaly-cases/${caseId}/replies`);
  await office.steps.settleAnomalyCase(caseId);
}

async function readBySeven(office: StoryOffice, laid: LaidIssuance, today: LegalDate): Promise<void> {
  for (const [ordinal, [username, purpose]] of READERS.entries()) {
    office.clock.moveTo(atHour(workingDaysBefore(today, 40 - ordinal), 10 + ordinal / 2));
    const path = `/certificates/${laid.certificateId}/face`;
    await office.must(await office.person(username), 'GET', path, { purpose });
  }
}

async function correct(office: StoryOffice, caseId: string, today: LegalDate): Promise<void> {
  await accept(office, caseId, today, 29);
  office.clock.moveTo(atHour(workingDaysBefore(today, 25), 15));
  await act(office, caseId, 'decide', {
    decision: 'correct',
    reason: '行驶证所载车辆类型与登记不符',
    corrections: { [FIELD]: CLAIMED },
  });
  const [row] = await office.register.statement<{ change_id: string | null }>(
    SEEDER,
    'SELECT change_id FROM anomaly_case WHERE id = ?',
    [caseId],
  );
  if (row?.change_id == null) throw new Error('the correction was not begun');
  await conductChange(office, row.change_id);
  await office.steps.settleAnomalyCase(caseId);
  office.clock.advance(7_200_000);
  await act(office, caseId, 'reply', undefined);
  office.clock.advance(26 * 3_600_000);
  await office.must(await office.person('company1'), 'GET', `/anomaly-cases/${caseId}/replies`);
  await office.steps.settleAnomalyCase(caseId);
}
