import type { LegalDate } from '../../../domain/shared/legal-date';
import { plannedAt, SCENARIO_INDEX } from './certificate-plan';
import type { Chapter } from './chapters';
import { staffOf } from './city-staff';
import { clearance, ForceMajeureStory } from './force-majeure-story';
import { layIssuance } from './lay-issuance';
import { atHour, workingDaysBefore } from './office-days';
import { businessNumberOf, type PlannedIssuance, TYPES } from './planned-issuance';
import type { StoryOffice } from './story-office';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Five events (art. 10), each in another stage. */
export function forceMajeureChapters(today: LegalDate): readonly Chapter[] {
  return [
    chapter('ongoing', (office) => ongoing(office, today)),
    chapter('clearing', (office) => clearing(office, today)),
    chapter('overdue', (office) => overdue(office, today)),
    chapter('not-recognised', (office) => notRecognised(office, today)),
    chapter('closed', (office) => closed(office, today)),
  ];
}

function chapter(key: string, tell: Chapter['tell']): Chapter {
  return { key: `force-majeure/${key}`, tell };
}

function outage(today: LegalDate, unitKey: string, index: number, daysAgo: number): PlannedIssuance {
  return plannedAt('roadTransport', unitKey, SCENARIO_INDEX + index, workingDaysBefore(today, daysAgo));
}

/** 准格尔, flood, goes on: 63 items of four operations, four certificates of which nobody can say whether they still stand. */
async function ongoing(office: StoryOffice, today: LegalDate): Promise<void> {
  const unitKey = 'transport-150622';
  const numbers: string[] = [];
  for (let ordinal = 0; ordinal < 8; ordinal += 1) {
    const { body } = await layIssuance(office, outage(today, unitKey, ordinal, 40 + ordinal));
    numbers.push(String(body.face['道路运输证号']));
  }
  const occurredAt = atHour(workingDaysBefore(today, 2), 15.2);
  const event = await ForceMajeureStory.reported(office, {
    key: 'ongoing',
    unitKey,
    catalogCodes: [TYPES.roadTransport, TYPES.roadBusiness],
    cause: 'flood',
    occurredAt,
    unforeseeable: '短时强降雨引发山洪，气象部门未能提前预警',
    measures: '窗口纸质受理，登记台账，事后补录',
  });
  office.clock.moveTo(new Date(occurredAt.getTime() + 2 * HOUR_MS));
  for (let ordinal = 0; ordinal < 34; ordinal += 1) {
    await event.mark(
      'issue',
      `150622-演洪-${String(ordinal).padStart(3, '0')}`,
      TYPES.roadTransport,
      occurredAt,
    );
  }
  for (let ordinal = 0; ordinal < 14; ordinal += 1) {
    await event.mark(
      'collect',
      `150622-演归-${String(ordinal).padStart(3, '0')}`,
      TYPES.roadBusiness,
      occurredAt,
    );
  }
  for (const number of numbers) await event.mark('update', number, TYPES.roadTransport, occurredAt);
  for (const number of numbers.slice(0, 3))
    await event.mark('cancel', number, TYPES.roadTransport, occurredAt);
  await event.recognise(atHour(workingDaysBefore(today, 1), 10));
  office.clock.advance(HOUR_MS);
  await setInDoubt(office, today, unitKey, numbers.slice(4));
  await event.settle();
}

/** 状态存疑: they were to be revoked when the flood came. */
async function setInDoubt(
  office: StoryOffice,
  today: LegalDate,
  unitKey: string,
  numbers: readonly string[],
): Promise<void> {
  for (const [ordinal, number] of numbers.entries()) {
    await office.must(await office.person(staffOf(unitKey, 'operator')), 'POST', '/certificates/doubts', {
      key: `demonstration/doubt/${number}`,
      body: {
        action: 'set',
        certificateNumber: number,
        catalogCode: TYPES.roadTransport,
        plannedOperation: 'revoke',
        decision: {
          name: '吊销决定书',
          number: `准演吊〔${today.slice(0, 4)}〕${ordinal + 1}号`,
          date: workingDaysBefore(today, 1),
          organ: '准格尔旗交通运输局',
        },
      },
    });
  }
}

/** Power is back since yesterday: of 120 items 41 are made up, each by the case that was entered late. */
async function clearing(office: StoryOffice, today: LegalDate): Promise<void> {
  const unitKey = 'transport-150626';
  const occurredAt = atHour(workingDaysBefore(today, 4), 10.5);
  const event = await ForceMajeureStory.reported(office, {
    key: 'clearing',
    unitKey,
    catalogCodes: [TYPES.roadTransport],
    cause: 'powerFailure',
    occurredAt,
    unforeseeable: '上级变电站突发故障，未接到停电通知',
    measures: '启用纸质台账，妥善保管申请材料',
  });
  office.clock.moveTo(new Date(occurredAt.getTime() + 3 * HOUR_MS));
  const waiting = Array.from({ length: 70 }, (_, ordinal) => outage(today, unitKey, ordinal, 3));
  for (const planned of waiting) {
    await event.mark('issue', businessNumberOf(planned), TYPES.roadTransport, occurredAt);
  }
  for (let ordinal = 0; ordinal < 50; ordinal += 1) {
    await event.mark(
      'collect',
      `150626-演归-${String(ordinal).padStart(3, '0')}`,
      TYPES.roadTransport,
      occurredAt,
    );
  }
  await event.recognise(atHour(workingDaysBefore(today, 3), 11));
  const clearedAt = atHour(workingDaysBefore(today, 1), 8.5);
  await event.clear(clearedAt);
  for (const [ordinal, planned] of waiting.slice(0, 41).entries()) {
    await layIssuance(office, planned, {
      enterAt: new Date(clearedAt.getTime() + (60 + ordinal * 8) * MINUTE_MS),
    });
  }
  await event.settle();
}

/** The three working days are over, some items are open, and when the fault was cleared is disputed. */
async function overdue(office: StoryOffice, today: LegalDate): Promise<void> {
  const unitKey = 'transport-150624';
  const occurredAt = atHour(workingDaysBefore(today, 9), 9.5);
  const event = await ForceMajeureStory.reported(office, {
    key: 'overdue',
    unitKey,
    catalogCodes: [TYPES.roadTransport],
    cause: 'networkFailure',
    occurredAt,
    unforeseeable: '施工挖断骨干光缆',
    measures: '窗口纸质受理',
  });
  const items: string[] = [];
  for (let ordinal = 0; ordinal < 10; ordinal += 1) {
    items.push(await event.mark('issue', `150624-演断-${ordinal}`, TYPES.roadTransport, occurredAt));
  }
  await event.recognise(atHour(workingDaysBefore(today, 8), 9.5));
  const clearedAt = atHour(workingDaysBefore(today, 6), 11);
  await event.clear(clearedAt);
  office.clock.advance(2 * HOUR_MS);
  for (const itemId of items.slice(0, 4)) await event.except(itemId);
  office.clock.moveTo(atHour(workingDaysBefore(today, 4), 15));
  await event.act(
    'dispute-clearance',
    clearance(atHour(workingDaysBefore(today, 5), 16), '监控记录显示线路当日下午才稳定'),
    'bureau-150624-keeper',
  );
}

/** A vendor's upgrade was planned: it could be foreseen. */
async function notRecognised(office: StoryOffice, today: LegalDate): Promise<void> {
  const occurredAt = atHour(workingDaysBefore(today, 16), 14.5);
  const event = await ForceMajeureStory.reported(office, {
    key: 'not-recognised',
    unitKey: 'transport-150627',
    catalogCodes: [TYPES.roadTransport],
    cause: 'other',
    occurredAt,
    unforeseeable: '软件厂商升级延期，系统停用',
    measures: '暂停受理，引导次日办理',
  });
  await event.mark('issue', '150627-演升-1', TYPES.roadTransport, occurredAt);
  office.clock.moveTo(atHour(workingDaysBefore(today, 15), 10));
  await event.act('reject', { reason: '厂商升级为事先安排，不属于不能预见的情形' }, 'city');
}

async function closed(office: StoryOffice, today: LegalDate): Promise<void> {
  const unitKey = 'transport-150621';
  const occurredAt = atHour(workingDaysBefore(today, 62), 10);
  const event = await ForceMajeureStory.reported(office, {
    key: 'closed',
    unitKey,
    catalogCodes: [TYPES.roadTransport],
    cause: 'equipmentFailure',
    occurredAt,
    unforeseeable: '存储设备双控同时损坏',
    measures: '纸质受理，设备抢修',
  });
  const planned = Array.from({ length: 5 }, (_, ordinal) => outage(today, unitKey, ordinal, 61));
  for (const one of planned)
    await event.mark('issue', businessNumberOf(one), TYPES.roadTransport, occurredAt);
  const last = await event.mark('issue', '150621-演障-9', TYPES.roadTransport, occurredAt);
  await event.recognise(atHour(workingDaysBefore(today, 61), 15));
  const clearedAt = atHour(workingDaysBefore(today, 60), 9);
  await event.clear(clearedAt);
  for (const [ordinal, one] of planned.entries()) {
    await layIssuance(office, one, {
      enterAt: new Date(clearedAt.getTime() + (60 + ordinal * 30) * MINUTE_MS),
    });
  }
  office.clock.moveTo(atHour(workingDaysBefore(today, 59), 11));
  await event.settle();
  await event.except(last);
  await event.act('close');
}
