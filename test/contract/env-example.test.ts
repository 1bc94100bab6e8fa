import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig, VARIABLE_NAMES } from '../../main/config';

const text = readFileSync(join(__dirname, '..', '..', '.env.example'), 'utf8');
const assignments = text.split('\n').flatMap((line) => {
  const match = /^([A-Z0-9_]+)=(.*)$/.exec(line);
  return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
});

describe('.env.example', () => {
  it('lists every variable of the schema once and no other', () => {
    expect(assignments.map(([name]) => name).toSorted()).toEqual(VARIABLE_NAMES.toSorted());
  });

  it('is itself a valid configuration that changes no default', () => {
    const unset = parseConfig({}, 'stack');
    expect(unset.ok).toBe(true);
    expect(parseConfig(Object.fromEntries(assignments), 'stack')).toEqual(unset);
  });
});
