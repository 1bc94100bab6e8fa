import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import { UNIT_WITH_AGENCY_DOWN } from '../demonstration-entitlements';
import { UNIT_WITH_EXPIRED_SEAL } from '../demonstration-seals';
import { DONGSHENG_BUREAU } from '../demonstration-units';
import { plannedAt, SCENARIO_INDEX } from './certificate-plan';
import type { Chapter } from './chapters';
import { CITY_COMPANIES, CITY_PERSONS, CO_OWNERS, MINOR, WITHOUT_ACCOUNT } from './city-people';
import { deliverAll } from './conduct-in-process';
import { type LayOptions, layIssuance, pickUp } from './lay-issuance';
import { atHour, workingDaysBefore } from './office-days';
import type { PlannedIssuance, PlannedType } from './planned-issuance';
import { requestOf } from './request-of';
import { AGENCY_DOWN, type StoryOffice } from './story-office';

const TO_REVIEW = 16;
const WAITING_SINCE_YESTERDAY = 3;
const DIFFERENT = 2;
const SENT_BACK = 4;
const WITHOUT_SEAL = 3;
const DOWN = 2;
const AWAITING_PICKUP = 31;
/** Soon to be reminded of for the last time. */
const LONGEST_WAIT_DAYS = 8;
const PORTAL_DOWN = 3;
const OUTAGE_FROM_HOUR = 10;
const OUTAGE_MINUTES = 40;
const OUTAGE_APART_MINUTES = 8;
const WRONG_PERSON = 2;
const MINUTE_MS = 60_000;

/** Cases on their way: what a reviewer, a seal keeper and a clerk find in the morning. */
export function issuanceChapters(today: LegalDate): readonly Chapter[] {
  return [
    ...toReview(today),
    ...different(),
    ...sentBack(),
    ...withoutSeal(),
    ...agencyDown(),
    ...deliveries(today),
    ...families(today),
  ];
}

/** A case of these minutes: asked for since the day began, however late the city is laid out. */
function ofToday(
  office: StoryOffice,
  type: PlannedType,
  unitKey: string,
  index: number,
  minutesAgo: number,
  more: Partial<PlannedIssuance> = {},
): PlannedIssuance {
  const now = office.today();
  const decidedOn = legalDateAt(now.getTime());
  const at = Math.max(atHour(decidedOn, 0).getTime() + 1_000, now.getTime() - minutesAgo * MINUTE_MS);
  return { type, unitKey, index, decidedOn, decidedAt: new Date(at), ...more };
}

function chapter(key: string, tell: Chapter['tell']): Chapter {
  return { key: `issuance/${key}`, tell };
}

function toReview(today: LegalDate): readonly Chapter[] {
  return Array.from({ length: TO_REVIEW }, (_, ordinal) =>
    chapter(`to-review/${ordinal}`, async (office) => {
      const type = ordinal % 2 === 0 ? 'food' : 'hygiene';
      const index = SCENARIO_INDEX + ordinal;
      const planned =
        ordinal < WAITING_SINCE_YESTERDAY
          ? plannedAt(type, DONGSHENG_BUREAU, index, workingDaysBefore(today, 1))
          : ofToday(office, type, DONGSHENG_BUREAU, index, 20 + ordinal * 7);
      await layIssuance(office, planned, { leave: 'beforeReview' });
    }),
  );
}

/** Art. 8: the agency's own record says something else. */
function different(): readonly Chapter[] {
  return Array.from({ length: DIFFERENT }, (_, ordinal) =>
    chapter(`different/${ordinal}`, async (office) => {
      const planned = ofToday(
        office,
        'roadTransport',
        DONGSHENG_BUREAU,
        SCENARIO_INDEX + 150 + ordinal,
        35 + ordinal * 20,
        {
          holders: CITY_COMPANIES.slice(0, 1),
        },
      );
      const body = requestOf(planned);
      const face = {
        ...body.face,
        ...(ordinal === 0 ? { '吨(座)位': '核定载质量31吨' } : { 车辆类型: '中型普通货车' }),
      };
      await layIssuance(office, planned, { record: { ...body, face }, leave: 'beforeReview' });
    }),
  );
}

function sentBack(): readonly Chapter[] {
  const reasons = [
    '经营场所地址与现场核查不一致，请更正',
    '法定代表人姓名有误',
    '经营项目表述不规范，请按目录填写',
    '有效期起始日期填写有误',
  ];
  return Array.from({ length: SENT_BACK }, (_, ordinal) =>
    chapter(`sent-back/${ordinal}`, async (office) => {
      const planned = ofToday(
        office,
        'food',
        DONGSHENG_BUREAU,
        SCENARIO_INDEX + 40 + ordinal,
        70 + ordinal * 15,
      );
      await layIssuance(office, planned, { sendBack: reasons[ordinal] ?? '请补正' });
    }),
  );
}

/** Decided today, when the seal had run out at the end of yesterday. */
function withoutSeal(): readonly Chapter[] {
  return Array.from({ length: WITHOUT_SEAL }, (_, ordinal) =>
    chapter(`without-seal/${ordinal}`, async (office) => {
      await layIssuance(
        office,
        ofToday(office, 'construction', UNIT_WITH_EXPIRED_SEAL, SCENARIO_INDEX + ordinal, 55 + ordinal * 9),
      );
    }),
  );
}

function agencyDown(): readonly Chapter[] {
  return Array.from({ length: DOWN }, (_, ordinal) =>
    chapter(`agency-down/${ordinal}`, async (office) => {
      const planned = ofToday(
        office,
        'construction',
        UNIT_WITH_AGENCY_DOWN,
        SCENARIO_INDEX + ordinal,
        65 + ordinal * 11,
      );
      await layIssuance(office, planned, { record: AGENCY_DOWN });
    }),
  );
}

/** Art. 9: who has no account with the portal, who is somebody else there, who sends an agent; and a portal that was down. */
function deliveries(today: LegalDate): readonly Chapter[] {
  return [...pickups(today), ...wrongPersons(), byAgent(today), ...portalDown(today)];
}

function estateOf(today: LegalDate, index: number, daysAgo: number, person: number): PlannedIssuance {
  return plannedAt(
    'realEstate',
    DONGSHENG_BUREAU,
    SCENARIO_INDEX + index,
    workingDaysBefore(today, daysAgo),
    {
      holders: CITY_PERSONS.slice(person, person + 1),
    },
  );
}

function pickups(today: LegalDate): readonly Chapter[] {
  return Array.from({ length: AWAITING_PICKUP }, (_, ordinal) =>
    chapter(`pickup/${ordinal}`, async (office) => {
      const daysAgo = ordinal === AWAITING_PICKUP - 1 ? LONGEST_WAIT_DAYS : 1 + (ordinal % 7);
      const planned =
        ordinal === 0
          ? { ...estateOf(today, 0, 2, 0), holders: [WITHOUT_ACCOUNT] }
          : estateOf(today, ordinal, daysAgo, 200 + ordinal);
      await tellPortal(office, planned, { registered: false });
      await layIssuance(office, planned);
    }),
  );
}

function wrongPersons(): readonly Chapter[] {
  return Array.from({ length: WRONG_PERSON }, (_, ordinal) =>
    chapter(`wrong-person/${ordinal}`, async (office) => {
      const index = SCENARIO_INDEX + 40 + ordinal;
      const holders = CITY_PERSONS.slice(240 + ordinal, 241 + ordinal);
      const planned = ofToday(office, 'realEstate', DONGSHENG_BUREAU, index, 12 + ordinal * 15, { holders });
      await tellPortal(office, planned, { registered: true, name: '同码异名(演示)' });
      await layIssuance(office, planned);
    }),
  );
}

function byAgent(today: LegalDate): Chapter {
  return chapter('by-agent', async (office) => {
    const planned = estateOf(today, 45, 6, 245);
    await tellPortal(office, planned, { registered: false });
    const { issuanceId } = await layIssuance(office, planned);
    office.clock.advance(26 * 60 * MINUTE_MS);
    await pickUp(office, DONGSHENG_BUREAU, issuanceId, 'agent');
  });
}

function portalDown(today: LegalDate): readonly Chapter[] {
  return Array.from({ length: PORTAL_DOWN }, (_, ordinal) =>
    chapter(`portal-down/${ordinal}`, async (office) => {
      const planned = estateOf(today, 50 + ordinal, 5, 246 + ordinal);
      const minutesIn = ordinal * OUTAGE_APART_MINUTES;
      const decidedAt = atHour(planned.decidedOn, OUTAGE_FROM_HOUR + minutesIn / 60);
      await duringOutage(office, { ...planned, decidedAt }, OUTAGE_MINUTES - minutesIn);
    }),
  );
}

/** The portal did not answer for forty minutes one morning of last week; three met it there. */
async function duringOutage(
  office: StoryOffice,
  planned: PlannedIssuance,
  minutesLeft: number,
): Promise<void> {
  const { issuanceId } = await layIssuance(office, planned, { leave: 'beforeDelivery' });
  office.portal.isDown = true;
  try {
    await deliverAll(office, issuanceId).catch(() => undefined);
  } finally {
    office.portal.isDown = false;
  }
  office.clock.advance(minutesLeft * MINUTE_MS);
  await deliverAll(office, issuanceId);
}

async function tellPortal(office: StoryOffice, { holders }: PlannedIssuance, account: object): Promise<void> {
  for (const { code } of holders ?? []) await office.portal.tellAccount(code, account);
}

/** Owners that an office meets rarely: five of one flat, a minor with his guardian. */
function families(today: LegalDate): readonly Chapter[] {
  const estate = (index: number, holders: PlannedIssuance['holders']): PlannedIssuance => ({
    ...plannedAt(
      'realEstate',
      DONGSHENG_BUREAU,
      SCENARIO_INDEX + 60 + index,
      workingDaysBefore(today, 30 + index),
    ),
    ...(holders === undefined ? {} : { holders }),
  });
  const owners: readonly (readonly [string, PlannedIssuance, LayOptions])[] = [
    ['co-owners', estate(0, CO_OWNERS), {}],
    ['minor', estate(1, [MINOR]), {}],
    ...CITY_PERSONS.slice(0, 5).map(
      (holder, ordinal) => [`rare/${ordinal}`, estate(2 + ordinal, [holder]), {}] as const,
    ),
  ];
  return owners.map(([key, planned, options]) =>
    chapter(key, async (office) => {
      await layIssuance(office, planned, options);
    }),
  );
}
