import { legalDateAt } from '../../../domain/shared/legal-date';
import type { DemonstrationDeps } from '../demonstration-deps';
import { SEEDER } from '../demonstration-deps';
import { historyBeginsOn } from '../demonstration-history';
import { completeDemonstration } from '../seed';
import { unitId } from '../seed-units';
import { certificatePlan } from './certificate-plan';
import type { Chapter } from './chapters';
import { chapterId, tellChapter, toldChapters } from './chapters';
import { cityChapters } from './city-chapters';
import { layIssuance } from './lay-issuance';
import { layOutStaff } from './lay-out-staff';
import { businessNumberOf, type PlannedIssuance } from './planned-issuance';
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
}

export interface CityReport {
  readonly chapters: number;
  readonly certificates: number;
  /** What could not be laid out, in words; the rest of the city stands all the same. */
  readonly faults: readonly string[];
}

const SAY_EVERY = 200;

/**
 * Lays out the demonstration city behind the part that nobody can do without: people and seals of all units, the scenarios,
 * then the stock of certificates, oldest first, each through the line as any other. Idempotent: what is there is found and
 * not done again; what was broken off goes on. Out: what was done now.
 */
export async function layOutCity(options: CityOptions): Promise<CityReport> {
  const { office, deps, signal, part, say = () => undefined } = options;
  const isOver = (): boolean => signal?.aborted === true;
  const faults: string[] = [];
  await layOutStaff(deps);
  const today = legalDateAt(deps.clock.now().getTime());
  const chapters = await untold(
    office,
    cityChapters(today).filter(({ key }) => part?.isTold(key) ?? true),
  );
  let told = 0;
  for (const chapter of chapters) {
    if (isOver()) break;
    await guarded(chapter.key, faults, () => tellChapter(office, chapter));
    told += 1;
    if (told % 20 === 0) say(`演示数据:情景 ${told}/${chapters.length}`);
  }
  if (chapters.length > 0 && !isOver()) say(`演示数据:情景已备好(${chapters.length - faults.length} 项)`);
  if (isOver()) return { chapters: told, certificates: 0, faults };
  if (part === undefined) await completeDemonstration(deps, signal);
  const plan = certificatePlan(historyBeginsOn(deps.clock.now()), today).slice(0, part?.stock);
  const missing = await notLaid(office, plan);
  if (missing.length > 0) say(`演示数据:证照 ${plan.length - missing.length}/${plan.length}，后台继续布置`);
  let laid = 0;
  for (const planned of missing) {
    if (isOver()) break;
    await guarded(businessNumberOf(planned), faults, async () => {
      await layIssuance(office, planned);
      office.records.clear();
      await office.register.letGo();
    });
    laid += 1;
    if (laid % SAY_EVERY === 0) say(`演示数据:证照 ${plan.length - missing.length + laid}/${plan.length}`);
  }
  if (missing.length > 0 && !isOver()) say(`演示数据:证照已备好(${plan.length} 份)`);
  return { chapters: told, certificates: laid, faults };
}

/** One story that fails takes no other with it. */
async function guarded(what: string, faults: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (fault) {
    faults.push(`${what}: ${fault instanceof Error ? fault.message : 'unknown fault'}`);
  }
}

async function untold(office: StoryOffice, chapters: readonly Chapter[]): Promise<readonly Chapter[]> {
  const told = await toldChapters(office);
  return chapters.filter(({ key }) => !told.has(chapterId(key)));
}

async function notLaid(
  office: StoryOffice,
  plan: readonly PlannedIssuance[],
): Promise<readonly PlannedIssuance[]> {
  const rows = await office.register.statement<{ authority_id: string; business_number: string }>(
    SEEDER,
    `SELECT authority_id, business_number FROM issuance WHERE closed_at IS NOT NULL AND business_number = ANY (?::text[])`,
    [plan.map(businessNumberOf)],
  );
  const done = new Set(rows.map((row) => `${row.authority_id}/${row.business_number}`));
  return plan.filter((planned) => !done.has(`${unitId(planned.unitKey)}/${businessNumberOf(planned)}`));
}
