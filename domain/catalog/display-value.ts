import { chineseDate, parseLegalDate } from '../shared/legal-date';
import type { FaceField, FaceValue, ImageRule, RowsRule, ScalarRule } from './face-schema';

/**
 * A face value as a certificate prints it: dates as 2026年11月23日, numbers with their unit, repeated rows as
 * cells joined by a space and rows by ；. A picture has no words and answers 见照片.
 */
export function displayValue(field: FaceField, value: FaceValue): string {
  if (typeof value === 'string') return displayScalar(field, value);
  if (field.kind !== 'rows') return '';
  return value
    .map((row) =>
      field.columns
        .flatMap((column) => {
          const cell = row[column.name];
          return cell === undefined ? [] : [displayScalar(column, cell)];
        })
        .join(' '),
    )
    .join('；');
}

/** One text value by its rule; masked values, which no longer are dates or numbers, are shown as they stand. */
export function displayScalar(rule: ScalarRule | ImageRule | RowsRule, value: string): string {
  switch (rule.kind) {
    case 'text':
    case 'enumeration':
    case 'rows':
      return value;
    case 'date': {
      const date = parseLegalDate(value);
      return date.ok ? chineseDate(date.value) : value;
    }
    case 'number':
      return /^-?\d/.test(value) ? `${value}${rule.unit ?? ''}` : value;
    case 'image':
      return '见照片';
  }
}
