import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ISSUANCE_STATES, ISSUANCE_TRANSITIONS } from '../../domain/issuance/lifecycle';
import { stateMachineDrawings } from '../../tools/state-machine-drawings';

const FOLDER = join(__dirname, '..', '..', 'docs', 'state-machines');

describe('the drawn state machines', () => {
  it('are those of the present tables, all of them and no other (npx tsx tools/draw-state-machines.ts)', () => {
    const drawings = stateMachineDrawings();
    expect(readdirSync(FOLDER).sort()).toEqual([...drawings.keys()].sort());
    for (const [name, text] of drawings) expect(readFileSync(join(FOLDER, name), 'utf8')).toBe(text);
  });

  it('show every state and one arrow for each state that an operation leaves', () => {
    const text = stateMachineDrawings().get('issuance.md') ?? '';
    for (const state of ISSUANCE_STATES) expect(text).toContain(` as ${state}\n`);
    const arrows = Object.values(ISSUANCE_TRANSITIONS).flatMap(({ name, from, to }) =>
      from.map((state) => `  ${state} --> ${to}: ${name}\n`),
    );
    for (const arrow of arrows) expect(text).toContain(arrow);
    expect(text.match(/ --> \[\*\]/g)).toHaveLength(3);
  });
});
