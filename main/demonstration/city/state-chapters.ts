import { settleCertificateDates } from '../../../adapters/postgres/certificate/settle-certificate-dates';
import { addDays, type LegalDate } from '../../../domain/shared/legal-date';
import { DONGSHENG_BUREAU } from '../demonstration-units';
import { plannedAt, SCENARIO_INDEX } from './certificate-plan';
import type { Chapter } from './chapters';
import { CITY_COMPANIES } from './city-people';
import { attach, type DecidedPath, decidedBody, followingBody, layChange } from './lay-change';
import { type LaidIssuance, layIssuance } from './lay-issuance';
import { atHour, workingDaysBefore } from './office-days';
import type { PlannedIssuance } from './planned-issuance';
import type { StoryOffice } from './story-office';

/** Each way to end or to hold a certificate so often, so that every list of the register has something to show. */
const HOW_OFTEN: readonly (readonly [DecidedPath, number])[] = [
  ['suspensions', 5],
  ['cancellations', 5],
  ['rescissions', 5],
  ['recalls', 5],
  ['revocations', 4],
  ['voidings', 5],
  ['transfers-out', 5],
];
const EXPIRED = 5;
const INSPECTED = 6;

/** Certificates in every state, with the histories that an office asks about (chains, 吊销 to 注销, 恢复, 延续). */
export function stateChapters(today: LegalDate): readonly Chapter[] {
  let index = SCENARIO_INDEX;
  const nextVehicle = (daysAgo: number, more: Partial<PlannedIssuance> = {}): PlannedIssuance => {
    index += 1;
    return vehicle(today, index, daysAgo, more);
  };
  const ended = HOW_OFTEN.flatMap(([path, count]) =>
    Array.from({ length: count }, (_, ordinal) => {
      const planned = nextVehicle(200 + ordinal * 9);
      return chapter(`${path}/${ordinal}`, (office) => tellEnding(office, today, planned, path, ordinal));
    }),
  );
  const expired = Array.from({ length: EXPIRED }, (_, ordinal) => {
    const planned = nextVehicle(210 + ordinal, { validUntil: addDays(today, -4 - ordinal * 11) });
    return chapter(`expired/${ordinal}`, (office) => tellExpired(office, planned));
  });
  const inspected = Array.from({ length: INSPECTED }, (_, ordinal) => {
    const planned = nextVehicle(180 + ordinal);
    return chapter(`inspected/${ordinal}`, (office) => tellInspection(office, today, planned, ordinal));
  });
  const chains = [3, 1, 1].map((versions, ordinal) => {
    const planned = nextVehicle(190 + ordinal);
    return chapter(`chain/${ordinal}`, (office) => tellChain(office, today, planned, versions));
  });
  const [cancelled, reinstated, resumed, ahead] = [
    nextVehicle(160),
    nextVehicle(165),
    nextVehicle(150),
    nextVehicle(1),
  ];
  return [
    ...chains,
    chapter('revoked-then-cancelled', (office) => tellRevokedThenCancelled(office, today, cancelled)),
    chapter('reinstated', (office) => tellReinstated(office, today, reinstated)),
    chapter('resumed', (office) => tellResumed(office, today, resumed)),
    chapter('renewal-pending', (office) => tellRenewalPending(office, today)),
    chapter('not-yet-in-force', async (office) => {
      const validFrom = addDays(today, 12);
      await layIssuance(office, { ...ahead, validFrom, validUntil: addDays(today, 1400) });
    }),
    ...ended,
    ...expired,
    ...inspected,
  ];
}

function chapter(key: string, tell: Chapter['tell']): Chapter {
  return { key: `state/${key}`, tell };
}

function vehicle(
  today: LegalDate,
  index: number,
  workingDaysAgo: number,
  more: Partial<PlannedIssuance> = {},
): PlannedIssuance {
  return plannedAt('roadTransport', DONGSHENG_BUREAU, index, workingDaysBefore(today, workingDaysAgo), more);
}

interface Moment {
  readonly key: string;
  readonly at: Date;
  readonly on: LegalDate;
}

/** So many working days ago, at an hour at which the office works. */
function moment(today: LegalDate, workingDaysAgo: number, key: string, hour = 15): Moment {
  const on = workingDaysBefore(today, workingDaysAgo);
  return { key, on, at: atHour(on, hour) };
}

async function issued(
  office: StoryOffice,
  planned: PlannedIssuance,
): Promise<LaidIssuance & { readonly certificateId: string }> {
  const laid = await layIssuance(office, planned);
  if (laid.certificateId === null) throw new Error(`${laid.body.businessNumber} is ${laid.state}`);
  return { ...laid, certificateId: laid.certificateId };
}

async function decide(
  office: StoryOffice,
  certificateId: string,
  path: DecidedPath,
  about: Moment,
): Promise<void> {
  const by = await office.agency();
  const body = await decidedBody(office, by, path, about);
  await layChange(office, { by, certificateId, path, body, key: about.key, at: about.at });
}

/** The product notices the end by its daily schedule. */
async function tellExpired(office: StoryOffice, planned: PlannedIssuance): Promise<void> {
  const { register, clock, foundation } = office;
  await layIssuance(office, planned);
  clock.moveTo(office.today());
  await settleCertificateDates({ register, clock, pageSize: 200, tools: foundation });
}

async function tellEnding(
  office: StoryOffice,
  today: LegalDate,
  planned: PlannedIssuance,
  path: DecidedPath,
  ordinal: number,
): Promise<void> {
  const { certificateId } = await issued(office, planned);
  await decide(office, certificateId, path, moment(today, 8 + ordinal * 13, `${path}${ordinal}`));
}

async function tellChain(
  office: StoryOffice,
  today: LegalDate,
  planned: PlannedIssuance,
  versions: number,
): Promise<void> {
  const first = await issued(office, planned);
  const faces = [
    { 车辆类型: '重型自卸货车' },
    { 经营范围: '道路普通货物运输、大型物件运输' },
    { '吨(座)位': '整备质量9.1吨' },
  ];
  for (let ordinal = 0; ordinal < versions; ordinal += 1) {
    const about = moment(today, 120 - ordinal * 35, `chain${planned.index}-${ordinal}`);
    const face = Object.assign({}, ...faces.slice(0, ordinal + 1));
    const body = followingBody(first.body, about, { face });
    office.records.set(body.businessNumber, body);
    const by = await office.agency();
    await layChange(office, { by, certificateId: first.certificateId, path: 'amendments', body, ...about });
  }
}

async function tellInspection(
  office: StoryOffice,
  today: LegalDate,
  planned: PlannedIssuance,
  ordinal: number,
): Promise<void> {
  const { certificateId } = await issued(office, planned);
  const about = moment(today, 20 + ordinal * 3, `nianjian${ordinal}`, 10.25);
  const by = await office.person('window1');
  await layChange(office, {
    ...about,
    by,
    certificateId,
    path: 'periodic-inspections',
    body: {
      businessNumber: `150602-${about.on.slice(0, 4)}-演年检-${ordinal}`,
      decidedAt: about.at.toISOString(),
      reason: '年度审验',
      inspectedOn: about.on,
      result: ordinal === 0 ? 'failed' : 'passed',
      nextDueOn: ordinal === 0 ? null : addDays(about.on, 365),
    },
  });
}

async function tellRevokedThenCancelled(
  office: StoryOffice,
  today: LegalDate,
  planned: PlannedIssuance,
): Promise<void> {
  const { certificateId } = await issued(office, planned);
  await decide(office, certificateId, 'revocations', moment(today, 60, 'diaoxiao-zhuxiao'));
  await decide(office, certificateId, 'cancellations', moment(today, 51, 'zhuxiao-diaoxiao'));
}

async function tellResumed(office: StoryOffice, today: LegalDate, planned: PlannedIssuance): Promise<void> {
  const { certificateId } = await issued(office, planned);
  await decide(office, certificateId, 'suspensions', moment(today, 45, 'zankou-fahuan'));
  await decide(office, certificateId, 'resumptions', moment(today, 33, 'fahuan'));
}

/** A revocation that the review overturned: the operator brings the certificate back, another person confirms. */
async function tellReinstated(
  office: StoryOffice,
  today: LegalDate,
  planned: PlannedIssuance,
): Promise<void> {
  const first = await issued(office, planned);
  await decide(office, first.certificateId, 'revocations', moment(today, 70, 'diaoxiao-huifu'));
  const about = moment(today, 22, 'huifu');
  const by = await office.person('operator1');
  office.clock.moveTo(about.at);
  const body = followingBody(first.body, about, {
    reason: '复议决定撤销原吊销决定，恢复证照',
    legalGround: { law: '中华人民共和国行政复议法', article: '第六十四条' },
    decision: {
      name: '行政复议决定书',
      number: `鄂演复决〔${about.on.slice(0, 4)}〕7号`,
      date: about.on,
      organ: '鄂尔多斯市人民政府(演示)',
    },
    attachments: [await attach(office, by, 'huifu')],
  });
  office.records.set(body.businessNumber, body);
  await layChange(office, { ...about, by, certificateId: first.certificateId, path: 'reinstatements', body });
}

/** 行政许可法 50: asked in time and not decided, so it is in force beyond its end. */
async function tellRenewalPending(office: StoryOffice, today: LegalDate): Promise<void> {
  const planned = plannedAt('roadBusiness', DONGSHENG_BUREAU, SCENARIO_INDEX, workingDaysBefore(today, 230), {
    validUntil: addDays(today, -1),
    holders: CITY_COMPANIES.slice(3, 4),
  });
  const first = await issued(office, planned);
  const about = moment(today, 2, 'yanxu');
  const by = await office.agency();
  const body = followingBody(first.body, about, {
    validFrom: today,
    validUntil: addDays(today, 1450),
    reason: '有效期届满前申请延续',
  });
  office.records.set(body.businessNumber, body);
  await layChange(office, {
    ...about,
    by,
    certificateId: first.certificateId,
    path: 'renewals',
    body,
    leaveBeforeReview: true,
  });
}
