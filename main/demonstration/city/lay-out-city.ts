import { legalDateAt } from '../../../domain/shared/legal-date';
import type { DemonstrationDeps } from '../demonstration-deps';
import { completeDemonstration } from '../seed';
import type { Chapter } from './chapters';
import { chapterId, tellChapter, toldChapters } from './chapters';
import { cityChapters } from './city-chapters';
import type { CityProgress } from './city-progress';
import { guarded } from './guarded';
import { layOutStaff } from './lay-out-staff';
import { layOutStock, type StockShare, stockOf } from './lay-out-stock';
import type { StoryOffice } from './story-office';

export interface CityOptions {
  readonly office: StoryOffice;
  readonly deps: DemonstrationDeps;
  /** Broken off after the step that is being done; the next start goes on. */
  readonly signal?: AbortSignal;
  /** A part of the city, for tests: how many certificates of the stock, and which stories. */
  readonly part?: { readonly stock: number; readonly isTold: (chapterKey: string) => boolean };
  /** Told in sentences for the terminal. */
  readonly say?: (line: string) => void;
  /** Told after every story and certificate. */
  readonly progressed?: (progress: CityProgress) => void;
  /** Whoever lays out this share of the stock beside us; it tells of each certificate and settles when it has ended. */
  readonly beside?: (share: StockShare, laid: () => void) => Promise<readonly string[]>;
}

export interface CityReport {
  readonly chapters: number;
  readonly certificates: number;
  /** What could not be laid out, in words; the rest of the city stands all the same. */
  readonly faults: readonly string[];
}

const SAY_EVERY = 200;
/** Below it another process takes longer to start than it spares. */
const WORTH_SHARING = 60;
const ALONE: StockShare = { index: 0, of: 1 };

/**
 * Lays out the demonstration city behind the part that nobody can do without: people and seals of all units, the scenarios,
 * then the stock of certificates, oldest first, each through the line as any other. Idempotent: what is there is found and
 * not done again; what was broken off goes on. Out: what was done now.
 */
export async function layOutCity(options: CityOptions): Promise<CityReport> {
  const { office, deps, signal, part } = options;
  const faults: string[] = [];
  await layOutStaff(deps);
  const today = legalDateAt(deps.clock.now().getTime());
  const all = cityChapters(today).filter(({ key }) => part?.isTold(key) ?? true);
  const chapters = await untold(office, all);
  const scenarios = { done: all.length - chapters.length, total: all.length };
  const stock = await stockOf(office, deps, part?.stock);
  const certificates = { done: stock.total - stock.missing.length, total: stock.total };
  const told = await tellAll(options, chapters, faults, (done) => {
    options.progressed?.({ certificates, scenarios: { ...scenarios, done: scenarios.done + done } });
  });
  if (signal?.aborted === true) return { chapters: told, certificates: 0, faults };
  if (part === undefined) await completeDemonstration(deps, signal);
  const laid = await layOutAllStock(options, stock.missing.length, certificates, faults, {
    ...scenarios,
    done: scenarios.total,
  });
  return { chapters: told, certificates: laid, faults };
}

async function tellAll(
  { office, signal, say = () => undefined }: CityOptions,
  chapters: readonly Chapter[],
  faults: string[],
  progressed: (done: number) => void,
): Promise<number> {
  let told = 0;
  progressed(told);
  for (const chapter of chapters) {
    if (signal?.aborted === true) return told;
    await guarded(chapter.key, faults, () => tellChapter(office, chapter));
    told += 1;
    progressed(told);
    if (told % 20 === 0) say(`演示数据:情景 ${told}/${chapters.length}`);
  }
  if (told > 0) say(`演示数据:情景已备好(${chapters.length - faults.length} 项)`);
  return told;
}

async function layOutAllStock(
  options: CityOptions,
  missing: number,
  before: CityProgress['certificates'],
  faults: string[],
  scenarios: CityProgress['scenarios'],
): Promise<number> {
  const { signal, beside, say = () => undefined } = options;
  let laid = 0;
  const counted = (): void => {
    laid += 1;
    const done = before.done + laid;
    options.progressed?.({ scenarios, certificates: { ...before, done } });
    if (laid % SAY_EVERY === 0) say(`演示数据:证照 ${done}/${before.total}`);
  };
  if (missing > 0) say(`演示数据:证照 ${before.done}/${before.total}，后台继续布置`);
  const isShared = beside !== undefined && missing >= WORTH_SHARING;
  const other = isShared ? beside({ index: 1, of: 2 }, counted) : Promise.resolve([]);
  const own = layOutStock({ ...options, share: isShared ? { index: 0, of: 2 } : ALONE, laid: counted });
  for (const found of await Promise.all([own, other])) faults.push(...found);
  if (missing > 0 && signal?.aborted !== true) say(`演示数据:证照已备好(${before.done + laid} 份)`);
  return laid;
}

async function untold(office: StoryOffice, chapters: readonly Chapter[]): Promise<readonly Chapter[]> {
  const told = await toldChapters(office);
  return chapters.filter(({ key }) => !told.has(chapterId(key)));
}
