import { jsonPointer } from '../shared/json-pointer';
import type { Problem } from '../shared/refusals';
import type { Rung } from './escalation-ladder';

/**
 * What stands against a ladder as somebody enters it: it must tell the end itself, its keys must differ, shares must grow
 * and belong to rungs of that kind, and each rung must tell somebody. Empty when nothing does.
 */
export function checkLadder(ladder: readonly Rung[]): readonly Problem[] {
  const problems: Problem[] = [];
  let share = 0;
  for (const [index, { key, kind, fraction, recipients }] of ladder.entries()) {
    const at = (member: string): string => jsonPointer('ladder', index, member);
    if (ladder.findIndex((other) => other.key === key) !== index) {
      problems.push({ pointer: at('key'), code: 'rungTwice', expected: '各级代码不得重复' });
    }
    if (recipients.length === 0) {
      problems.push({ pointer: at('recipients'), code: 'recipientMissing', expected: '每级应至少告知一方' });
    }
    if ((kind === 'fraction') !== (fraction !== null)) {
      problems.push({
        pointer: at('fraction'),
        code: 'shareOfAnotherKind',
        expected: '仅按比例提醒的一级填写比例',
      });
    } else if (fraction !== null) {
      if (!(fraction > share && fraction < 1)) {
        problems.push({
          pointer: at('fraction'),
          code: 'shareNotGrowing',
          expected: '比例应在 0 与 1 之间逐级增大',
        });
      }
      share = fraction;
    }
  }
  for (const kind of ['due', 'daily'] as const) {
    const many = ladder.filter((rung) => rung.kind === kind).length;
    if (many > 1 || (kind === 'due' && many === 0)) {
      problems.push({
        pointer: '/ladder',
        code: 'rungMissingOrTwice',
        expected: '应有且仅有一级到期提醒，至多一级每日催办',
      });
    }
  }
  return problems;
}
