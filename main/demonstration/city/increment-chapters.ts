import { writeCsv } from '../../../adapters/increment-file/write-csv';
import { keepIncrementDays } from '../../../adapters/postgres/ingestion/keep-increment-days';
import type { IncrementCells } from '../../../domain/ingestion/increment-columns';
import { addDays, type LegalDate } from '../../../domain/shared/legal-date';
import { demonstrationId, SEEDER } from '../demonstration-deps';
import type { Chapter } from './chapters';
import { staffOf } from './city-staff';
import {
  businessLicence,
  INCREMENT_SOURCES,
  type IncrementSource,
  MIRRORED_COMPANIES,
} from './increment-rows';
import { withNineMistakes } from './mistaken-rows';
import { atHour, isWorkingDay, workingDaysBefore } from './office-days';
import { SeededChoice } from './seeded-choice';
import type { StoryOffice } from './story-office';

/** So many days lie behind us when the city is laid out. */
const DAYS = 60;
const ROWS_OF_THE_FILE = 40;
/** Which source does what, counted within {@link INCREMENT_SOURCES}. */
const MISSED = 1;
const CAUGHT_UP = 2;
const WITH_FILE = 3;
/** These have nothing left to do today. */
const DONE_TODAY: ReadonlySet<number> = new Set([0, 2, 3, 5]);

/** Six units and types over sixty days (art. 8): days with rows, zero reports, two days missed of which one was caught up. */
export function incrementChapters(today: LegalDate): readonly Chapter[] {
  return INCREMENT_SOURCES.map((source, ordinal) => ({
    key: `increments/${source.unitKey}/${source.catalogCode}`,
    tell: (office) => tell(office, today, source, ordinal),
  }));
}

async function tell(
  office: StoryOffice,
  today: LegalDate,
  source: IncrementSource,
  ordinal: number,
): Promise<void> {
  if (await isTold(office, source)) return;
  // What began sixty days ago would be opened and missed at once by the product itself, were it seen half told.
  await office.register.asOne(async () => {
    const first = addDays(today, -DAYS);
    office.clock.moveTo(atHour(addDays(first, -1), 16));
    await beginDuty(office, source, first);
    const reporter = new Reporter(office, source, ordinal, today);
    for (let day = first; day < today; day = addDays(day, 1)) {
      await keepDays(office, atHour(day, 0.1));
      await reporter.report(day, atHour(day, 16.2 + (ordinal % 5) / 4));
    }
    const now = office.today();
    const morning = new Date(Math.min(atHour(today, 0.01).getTime(), now.getTime()));
    await keepDays(office, morning);
    if (DONE_TODAY.has(ordinal)) await reporter.report(today, now);
  });
}

async function isTold(office: StoryOffice, source: IncrementSource): Promise<boolean> {
  const [day] = await office.register.statement(
    SEEDER,
    `SELECT 1 FROM increment_duty d JOIN catalog_entry e ON e.id = d.catalog_entry_id JOIN authority a ON a.id = d.authority_id
     JOIN catalog_entitlement t ON t.id = ? AND t.authority_id = a.id AND t.catalog_entry_id = e.id LIMIT 1`,
    [entitlementId(source)],
  );
  return day !== undefined;
}

function entitlementId({ unitKey, catalogCode }: IncrementSource): string {
  return demonstrationId('entitlement', unitKey, catalogCode);
}

/** The city records why the unit need not issue at once. */
async function beginDuty(office: StoryOffice, source: IncrementSource, first: LegalDate): Promise<void> {
  const isOwnSystem = source.unitKey !== 'city-housing' && source.catalogCode !== '00000000000000000X002';
  const basis = {
    name: isOwnSystem ? '技术认定意见(演示)' : '上级统一制发的有关规定(演示)',
    number: `鄂演技认〔${first.slice(0, 4)}〕${INCREMENT_SOURCES.indexOf(source) + 1}号`,
    date: addDays(first, -10),
    note: '演示数据，非真实文件',
  };
  const exemption = isOwnSystem
    ? { kind: 'technicalFinding', findingBody: '市大数据中心(演示)', basis, expiresOn: addDays(first, 365) }
    : { kind: 'byLaw', basis };
  await office.must(await office.person('city'), 'PUT', `/increments/modes/${entitlementId(source)}`, {
    body: { mode: 'dailyIncrement', exemption },
  });
}

/** What the product's workers do by themselves, at the story's instant. */
async function keepDays(office: StoryOffice, at: Date): Promise<void> {
  const { register, clock, foundation } = office;
  clock.moveTo(at);
  while (await keepIncrementDays({ register, clock, integrity: foundation.integrity, pageSize: 200 }));
}

/** Who sends the unit's day: rows, a file, or that there were none. */
class Reporter {
  readonly #office: StoryOffice;
  readonly #source: IncrementSource;
  readonly #ordinal: number;
  readonly #missedOn: LegalDate | null;
  readonly #caughtUpOn: LegalDate | null;
  readonly #fileOn: LegalDate | null;
  #serial = 0;
  #owed: { readonly on: LegalDate; readonly rows: readonly IncrementCells[] } | null = null;

  constructor(office: StoryOffice, source: IncrementSource, ordinal: number, today: LegalDate) {
    this.#office = office;
    this.#source = source;
    this.#ordinal = ordinal;
    this.#missedOn = ordinal === MISSED ? workingDaysBefore(today, 4) : null;
    this.#caughtUpOn = ordinal === CAUGHT_UP ? workingDaysBefore(today, 12) : null;
    this.#fileOn = ordinal === WITH_FILE ? workingDaysBefore(today, 6) : null;
  }

  async report(day: LegalDate, at: Date): Promise<void> {
    if (!isWorkingDay(day) || day === this.#missedOn) return;
    this.#office.clock.moveTo(at);
    if (this.#owed !== null) {
      await this.#send(this.#owed.on, this.#owed.rows);
      this.#owed = null;
    }
    if (day === this.#caughtUpOn) {
      this.#owed = { on: day, rows: this.#rows(day, 2) };
      return;
    }
    if (day === this.#fileOn) return this.#sendFile(day);
    const rows = this.#rows(day, this.#countOn(day));
    if (rows.length > 0) await this.#send(day, rows);
    else await this.#ask(`zero/${day}`, { zeroReport: { date: day } });
  }

  #countOn(day: LegalDate): number {
    const count = new SeededChoice(`increments/${this.#name}`).below(this.#source.mostRowsPerDay + 1, day);
    // Each company has one licence; when all are mirrored nothing more comes.
    return this.#ordinal === WITH_FILE ? Math.min(count, MIRRORED_COMPANIES - this.#serial) : count;
  }

  get #name(): string {
    return `${this.#source.unitKey}/${this.#source.catalogCode}`;
  }

  #rows(on: LegalDate, count: number): readonly IncrementCells[] {
    return Array.from({ length: count }, () => {
      const row = this.#source.row({ source: this.#name, serial: this.#serial, on });
      this.#serial += 1;
      return row;
    });
  }

  #send(day: LegalDate, rows: readonly IncrementCells[]): Promise<void> {
    return this.#ask(`rows/${day}`, { rows });
  }

  async #ask(name: string, content: object): Promise<void> {
    const operator = await this.#office.person(staffOf(this.#source.unitKey, 'operator'));
    await this.#office.must(operator, 'POST', '/increments', {
      key: `demonstration/increment/${this.#name}/${name}`,
      body: { catalogCode: this.#source.catalogCode, ...content },
    });
  }

  async #sendFile(day: LegalDate): Promise<void> {
    const rows = withNineMistakes(
      Array.from({ length: ROWS_OF_THE_FILE }, () => {
        const row = businessLicence({ source: this.#name, serial: this.#serial, on: day });
        this.#serial += 1;
        return row;
      }),
    );
    const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const table = [header, ...rows.map((row) => header.map((name) => row[name] ?? ''))];
    const operator = await this.#office.person(staffOf(this.#source.unitKey, 'operator'));
    await this.#office.must(operator, 'POST', '/increments', {
      key: `demonstration/increment/${this.#name}/file/${day}`,
      body: { catalogCode: this.#source.catalogCode },
      file: { fileName: '营业执照当日增量(演示).csv', mediaType: 'text/csv', bytes: writeCsv(table) },
    });
  }
}
