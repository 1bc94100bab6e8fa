import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { sweepClocks } from '../../adapters/postgres/sla/sweep-clocks';
import type { collectionGapSchema } from '../../api/contract/collection';
import type {
  incrementMonthSchema,
  incrementRowSchema,
  incrementUploadSchema,
} from '../../api/contract/increment';
import type { IncrementCells } from '../../domain/ingestion/increment-columns';
import { fictitiousCreditCode } from '../../main/demonstration/fictitious-codes';
import { unitId } from '../../main/demonstration/seed-units';
import { ingestionTasks } from '../../main/ingestion-tasks';
import { openOutsideSystems } from '../../main/outside-systems';
import type { Answered, Asking } from './api-client';
import { aFileBody } from './api-client';
import { CaseDriver } from './case-driver';
import type { Table } from './increment-files';
import type { Product } from './product';

export const ROAD_TRANSPORT = '11100000000019713D013';
/** Shorter than a session lasts without being used. */
const SESSION_MS = 600_000;
const INCREMENTS = '/api/v1/increments';

export type UploadView = z.output<typeof incrementUploadSchema>;
export type RowView = z.output<typeof incrementRowSchema>;
export type MonthView = z.output<typeof incrementMonthSchema>;
export type GapView = z.output<typeof collectionGapSchema>;

/** What units and the city do about daily increments, as short sentences for journeys. */
export class IncrementDriver extends CaseDriver {
  readonly #product: Product;
  readonly #actedAt = new Map<string, number>();

  constructor(product: Product) {
    super(product);
    this.#product = product;
  }

  /** Puts the clock forward; sessions that ended meanwhile begin anew when somebody acts. */
  advanceTo(instant: string): void {
    const ahead = Date.parse(instant) - this.#product.clock.now().getTime();
    if (ahead < 0) throw new RangeError(`${instant} is past`);
    this.#product.clock.advance(ahead);
  }

  /** What every worker does by itself, until there is nothing more to do: keeping days, reconciling, ringing clocks. */
  async schedules(): Promise<void> {
    const { foundation } = this.#product;
    const { tasks } = ingestionTasks(foundation, openOutsideSystems(foundation).upReports);
    for (const { run } of tasks) while (await run());
    while ((await sweepClocks(foundation.register, foundation.clock.now())).hasMore);
  }

  /** What the gauges of a worker show now, by metric and state. */
  async gauges(): Promise<Readonly<Record<string, number>>> {
    const { foundation } = this.#product;
    const { metrics } = ingestionTasks(foundation, openOutsideSystems(foundation).upReports);
    const shown = await Promise.all(metrics.map((metric) => metric.get()));
    return Object.fromEntries(
      shown.flatMap(({ name, values }) =>
        values.map(({ labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
      ),
    );
  }

  /** Whoever has not acted for a while on the product's clock signs in anew: the session has ended by then. */
  as(username: string): (method: string, path: string, asking?: Asking) => Promise<Answered> {
    const nowMs = this.#product.clock.now().getTime();
    if (nowMs - (this.#actedAt.get(username) ?? 0) > SESSION_MS) this.#product.signInAgain(username);
    this.#actedAt.set(username, nowMs);
    return this.#product.person(username);
  }

  /** Art. 8: the city records that a unit cannot issue the type synchronously until a day. */
  async owesIncrements(unitKey: string, expiresOn: string, catalogCode = ROAD_TRANSPORT): Promise<void> {
    const city = this.as('city');
    const { items }: { items: readonly { id: string; authorityId: string; catalogCode: string }[] } =
      JSON.parse((await city('GET', `${INCREMENTS}/modes`)).text);
    const mode = items.find((one) => one.authorityId === unitId(unitKey) && one.catalogCode === catalogCode);
    const basis = { name: '技术认定意见', number: '鄂技认〔2026〕3号', date: '2026-09-01', note: null };
    const answered = await city('PUT', `${INCREMENTS}/modes/${mode?.id}`, {
      body: {
        mode: 'dailyIncrement',
        exemption: { kind: 'technicalFinding', findingBody: '市大数据中心', basis, expiresOn },
      },
    });
    if (answered.status !== 200) throw new Error(`the mode was refused: ${answered.text}`);
  }

  /** The unit's own system sends rows. */
  sendRows(
    rows: readonly IncrementCells[],
    options: { key?: string; retryOf?: string } = {},
  ): Promise<Answered> {
    return this.#product.agency('POST', INCREMENTS, {
      headers: { 'idempotency-key': options.key ?? freshKey() },
      body: { catalogCode: ROAD_TRANSPORT, rows, retryOf: options.retryOf ?? null },
    });
  }

  /** A person uploads a file. */
  sendFile(
    username: string,
    fileName: string,
    bytes: Uint8Array,
    options: { key?: string; retryOf?: string } = {},
  ): Promise<Answered> {
    const file = aFileBody(fileName, bytes, 'file', {
      catalogCode: ROAD_TRANSPORT,
      ...(options.retryOf === undefined ? {} : { retryOf: options.retryOf }),
    });
    return this.as(username)('POST', INCREMENTS, {
      raw: file.raw,
      headers: { ...file.headers, 'idempotency-key': options.key ?? freshKey() },
    });
  }

  reportZero(username: string, date: string): Promise<Answered> {
    return this.as(username)('POST', INCREMENTS, {
      headers: { 'idempotency-key': freshKey() },
      body: { catalogCode: ROAD_TRANSPORT, zeroReport: { date } },
    });
  }

  /** What the unit's own system reads; it needs no session. */
  async read<View>(path: string): Promise<View> {
    const answered = await this.#product.agency('GET', `/api/v1${path}`);
    if (answered.status !== 200) throw new Error(`${path}: ${answered.text}`);
    const view: View = JSON.parse(answered.text);
    return view;
  }

  async uploadRows(uploadId: string): Promise<readonly RowView[]> {
    const { items } = await this.read<{ items: readonly RowView[] }>(
      `/increments/${uploadId}/rows?limit=100`,
    );
    return items;
  }

  month(month: string): Promise<MonthView> {
    return this.read(`/increments?month=${month}`);
  }

  async monthSeenBy(username: string, month: string): Promise<MonthView> {
    const answered = await this.as(username)('GET', `${INCREMENTS}?month=${month}`);
    if (answered.status !== 200) throw new Error(`no month: ${answered.text}`);
    const view: MonthView = JSON.parse(answered.text);
    return view;
  }

  /** State by day (MM-DD) of a unit's month. */
  async heatMap(month: string): Promise<Readonly<Record<string, string>>> {
    const { days } = await this.month(month);
    return Object.fromEntries(days.map(({ date, state }) => [date.slice(5), state]));
  }

  async counted(firstDay: string, lastDay: string, businessNumbers: readonly string[]): Promise<GapView> {
    const answered = await this.#product.agency('POST', '/api/v1/collection-counts', {
      headers: { 'idempotency-key': freshKey() },
      body: {
        catalogCode: ROAD_TRANSPORT,
        firstDay,
        lastDay,
        counted: businessNumbers.length,
        businessNumbers,
      },
    });
    if (answered.status !== 201) throw new Error(`the count was refused: ${answered.text}`);
    const view: GapView = JSON.parse(answered.text);
    return view;
  }
}

export function uploadOf(answered: Answered, status = 201): UploadView {
  if (answered.status !== status) throw new Error(`${answered.status}: ${answered.text}`);
  const view: UploadView = JSON.parse(answered.text);
  return view;
}

export function freshKey(): string {
  return randomBytes(12).toString('hex');
}

/** The nth paper of a day as the unit's own system has it, with overrides. */
export function aPaper(date: string, n: number, overrides: IncrementCells = {}): IncrementCells {
  const serial = `${date.slice(5).replace('-', '')}${String(n).padStart(2, '0')}`;
  return {
    业务编号: `150602-2026-${serial}`,
    道路运输证号: `150602${serial}`,
    发证日期: date,
    有效期起: date,
    有效期止: `${Number(date.slice(0, 4)) + 4}${date.slice(4)}`,
    持证主体名称: '鄂尔多斯市演示运输有限公司',
    持证主体代码: fictitiousCreditCode('150699', 901, 'company'),
    地址: '东胜区演示街1号',
    车辆号牌: `蒙K·${serial}`,
    经营许可证号: '150602001234',
    车辆类型: '重型半挂牵引车',
    '吨(座)位': '40吨',
    经营范围: '道路普通货物运输',
    ...overrides,
  };
}

/** Papers as the table of a file. */
export function tableOf(papers: readonly IncrementCells[]): Table {
  const names = [...new Set(papers.flatMap((paper) => Object.keys(paper)))];
  return [names, ...papers.map((paper) => names.map((name) => paper[name] ?? ''))];
}
