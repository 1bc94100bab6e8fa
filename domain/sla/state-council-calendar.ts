import type { LegalDate } from '../shared/legal-date';
import { addDays, legalDate } from '../shared/legal-date';
import type { CalendarException, WorkCalendar } from './work-calendar';

interface AnnouncedYear {
  readonly year: number;
  /** Number of the notice of the General Office of the State Council. */
  readonly notice: string;
  /** First and last day off of each holiday, days in lieu included. */
  readonly holidays: readonly (readonly [name: string, first: string, last: string])[];
  readonly workedWeekends: readonly string[];
}

/** 国务院办公厅关于部分节假日安排的通知, as announced. A year that is not announced yet is not here. */
export const ANNOUNCED_YEARS: readonly AnnouncedYear[] = [
  {
    year: 2023,
    notice: '国办发明电〔2022〕16号',
    holidays: [
      ['元旦', '2022-12-31', '2023-01-02'],
      ['春节', '2023-01-21', '2023-01-27'],
      ['清明节', '2023-04-05', '2023-04-05'],
      ['劳动节', '2023-04-29', '2023-05-03'],
      ['端午节', '2023-06-22', '2023-06-24'],
      ['中秋节、国庆节', '2023-09-29', '2023-10-06'],
    ],
    workedWeekends: [
      '2023-01-28',
      '2023-01-29',
      '2023-04-23',
      '2023-05-06',
      '2023-06-25',
      '2023-10-07',
      '2023-10-08',
    ],
  },
  {
    year: 2024,
    notice: '国办发明电〔2023〕7号',
    holidays: [
      ['元旦', '2024-01-01', '2024-01-01'],
      ['春节', '2024-02-10', '2024-02-17'],
      ['清明节', '2024-04-04', '2024-04-06'],
      ['劳动节', '2024-05-01', '2024-05-05'],
      ['端午节', '2024-06-10', '2024-06-10'],
      ['中秋节', '2024-09-15', '2024-09-17'],
      ['国庆节', '2024-10-01', '2024-10-07'],
    ],
    workedWeekends: [
      '2024-02-04',
      '2024-02-18',
      '2024-04-07',
      '2024-04-28',
      '2024-05-11',
      '2024-09-14',
      '2024-09-29',
      '2024-10-12',
    ],
  },
  {
    year: 2025,
    notice: '国办发明电〔2024〕12号',
    holidays: [
      ['元旦', '2025-01-01', '2025-01-01'],
      ['春节', '2025-01-28', '2025-02-04'],
      ['清明节', '2025-04-04', '2025-04-06'],
      ['劳动节', '2025-05-01', '2025-05-05'],
      ['端午节', '2025-05-31', '2025-06-02'],
      ['国庆节、中秋节', '2025-10-01', '2025-10-08'],
    ],
    workedWeekends: ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
  },
  {
    year: 2026,
    notice: '国办发明电〔2025〕7号',
    holidays: [
      ['元旦', '2026-01-01', '2026-01-03'],
      ['春节', '2026-02-15', '2026-02-23'],
      ['清明节', '2026-04-04', '2026-04-06'],
      ['劳动节', '2026-05-01', '2026-05-05'],
      ['端午节', '2026-06-19', '2026-06-21'],
      ['中秋节', '2026-09-25', '2026-09-27'],
      ['国庆节', '2026-10-01', '2026-10-07'],
    ],
    workedWeekends: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  },
];

/** The exceptions of one announced year by date, ready to be stored as rows of the calendar. */
export function announcedDays(announced: AnnouncedYear): Readonly<Record<string, CalendarException>> {
  const days: [string, CalendarException][] = [];
  const { notice } = announced;
  for (const [name, first, last] of announced.holidays) {
    for (let date: LegalDate = legalDate(first); date <= last; date = addDays(date, 1)) {
      days.push([date, { kind: 'dayOff', name, notice }]);
    }
  }
  for (const date of announced.workedWeekends)
    days.push([legalDate(date), { kind: 'worked', name: '调休上班', notice }]);
  return Object.fromEntries(days);
}

/** The calendar of 2023 to 2026 as announced, without local holidays. */
export const STATE_COUNCIL_CALENDAR: WorkCalendar = {
  version: 'state-council-2023-2026',
  coveredFrom: legalDate('2023-01-01'),
  coveredTo: legalDate('2026-12-31'),
  days: Object.fromEntries(ANNOUNCED_YEARS.flatMap((announced) => Object.entries(announcedDays(announced)))),
  regionalOverlay: {},
};
