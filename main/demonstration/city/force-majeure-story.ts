import { shanghaiInstant } from '../../../domain/shared/legal-date';
import { unitId } from '../seed-units';
import { staffOf } from './city-staff';
import type { StoryOffice } from './story-office';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface Declared {
  readonly key: string;
  readonly unitKey: string;
  readonly catalogCodes: readonly string[];
  readonly cause: string;
  readonly occurredAt: Date;
  readonly unforeseeable: string;
  readonly measures: string;
}

/** One event as its unit, its banner and the city act on it, and as its workflow settles it; at the instants of the office's clock. */
export class ForceMajeureStory {
  readonly id: string;
  readonly #office: StoryOffice;
  readonly #unitKey: string;

  constructor(office: StoryOffice, unitKey: string, id: string) {
    this.#office = office;
    this.#unitKey = unitKey;
    this.id = id;
  }

  /** Declared an hour after it happened and reported at once. */
  static async reported(office: StoryOffice, declared: Declared): Promise<ForceMajeureStory> {
    const { unitKey, occurredAt } = declared;
    office.clock.moveTo(new Date(occurredAt.getTime() + HOUR_MS));
    const answered = await office.must(
      await office.person(staffOf(unitKey, 'operator')),
      'POST',
      '/force-majeure-events',
      {
        key: `demonstration/force-majeure/${declared.key}`,
        body: {
          authorityIds: [unitId(unitKey)],
          catalogCodes: declared.catalogCodes,
          operations: ['issue', 'collect', 'update', 'cancel'],
          cause: declared.cause,
          occurredAt: shanghaiInstant(occurredAt.getTime()),
          knownAt: shanghaiInstant(occurredAt.getTime() + 20 * MINUTE_MS),
          ground: {
            unforeseeable: declared.unforeseeable,
            unavoidable: '机房设备与备用线路同时中断，无法回避',
            insurmountable: '现场人员抢修后仍不能恢复',
          },
          emergencyMeasures: declared.measures,
          evidence: [{ description: '现场照片与运维记录(演示)', attachmentId: null }],
        },
      },
    );
    const event = new ForceMajeureStory(office, unitKey, String(answered['id']));
    if (answered['state'] === 'declared') await event.act('report');
    return event;
  }

  async act(name: string, body?: object, username = staffOf(this.#unitKey, 'operator')): Promise<void> {
    const asking = body === undefined ? {} : { body };
    await this.#office.must(
      await this.#office.person(username),
      'POST',
      `/force-majeure-events/${this.id}/${name}`,
      asking,
    );
    await this.settle();
  }

  async recognise(at: Date): Promise<void> {
    this.#office.clock.moveTo(at);
    await this.act('recognise', { reason: '情况属实，符合不可抗力情形' }, 'city');
  }

  async clear(clearedAt: Date): Promise<void> {
    this.#office.clock.moveTo(new Date(clearedAt.getTime() + 40 * MINUTE_MS));
    await this.act('clear', clearance(clearedAt, '设备与线路恢复，业务系统可用'));
  }

  /** The operator notes what cannot be done; at the instant of the office's clock. */
  async mark(
    operation: 'issue' | 'collect' | 'update' | 'cancel',
    reference: string,
    catalogCode: string,
    since: Date,
  ): Promise<string> {
    const isNumber = operation === 'update' || operation === 'cancel';
    const answered = await this.#office.must(
      await this.#office.person(staffOf(this.#unitKey, 'operator')),
      'POST',
      `/force-majeure-events/${this.id}/items`,
      {
        key: `demonstration/item/${this.id}/${operation}/${reference}`,
        body: {
          operation,
          subjectKind: isNumber ? 'certificateNumber' : 'businessNumber',
          subjectId: null,
          authorityId: unitId(this.#unitKey),
          catalogCode,
          reference,
          cause: '网络中断，无法提交',
          since: shanghaiInstant(since.getTime()),
        },
      },
    );
    return String(answered['id']);
  }

  async except(itemId: string): Promise<void> {
    await this.act(`items/${itemId}/close`, { kind: 'exception', reason: '申请人已撤回，不再办理' });
  }

  /** All that is due now, as its workflow does it. */
  async settle(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      const { lookAgainInMs } = await this.#office.steps.settleForceMajeureEvent(this.id);
      if (lookAgainInMs !== 0) return;
    }
  }
}

/** What is stated when a fault is said to have ended. */
export function clearance(clearedAt: Date, reason: string): object {
  return {
    clearedAt: shanghaiInstant(clearedAt.getTime()),
    reason,
    evidence: [{ description: '监控与恢复记录(演示)', attachmentId: null }],
  };
}
