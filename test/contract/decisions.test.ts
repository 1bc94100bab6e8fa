import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const folder = join(root, 'docs/adr');
const names = readdirSync(folder)
  .filter((name) => /^\d{4}-/.test(name))
  .sort();
const SECTIONS = ['## Before', '## Decision', '## What changes', '## Enforced by'];

describe('the recorded decisions', () => {
  it('are numbered without a gap and listed in the index under their own titles', () => {
    const index = readFileSync(join(folder, 'README.md'), 'utf8');
    names.forEach((name, position) => {
      const number = String(position + 1).padStart(4, '0');
      const [heading = ''] = readFileSync(join(folder, name), 'utf8').split('\n');
      expect(name.slice(0, 4)).toBe(number);
      expect(index).toContain(`| ${number} | [${heading.replace(`# ${number}. `, '')}](${name}) |`);
    });
    expect(names.length).toBeGreaterThanOrEqual(12);
  });

  it.each(names)('%s says what was, what is decided, what changes and what enforces it', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const places = SECTIONS.map((section) => text.indexOf(`\n${section}\n`));
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(Math.min(...places)).toBeGreaterThan(0);
  });

  it.each(names)('%s names only files that exist', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const paths = [
      ...text.matchAll(/`((?:domain|ports|adapters|test|docs|migrations|api|main)\/[^`*<{ ]+)`/g),
    ];
    for (const [, path = ''] of paths) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  });
});
