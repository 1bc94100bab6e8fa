const MAX_PATTERN_LENGTH = 300;
const MAX_PATTERN_TEXT_LENGTH = 200;
const MAX_WIDE_REPETITIONS = 3;
/** A repetition whose count can vary by more than this is wide: several of them share out a text in many ways. */
const WIDE = 10;
/** Ways in which options, alternatives and narrow repetitions may be combined before a mismatch is certain. */
const MAX_NARROW_WAYS = 4096;

interface Examination {
  /** Open groups, the whole expression first: whether each can match the same text in several ways. */
  readonly ambiguous: boolean[];
  repeatsAmbiguity: boolean;
  wideRepetitions: number;
  narrowWays: number;
}

/**
 * Judges a regular expression that will run against what strangers send; an empty list means it may be used.
 * It refuses what can take exponential time (a repeated group that itself repeats or has alternatives, a
 * back reference) or a high power of the length (many wide repetitions, long texts).
 */
export function checkPattern(pattern: string, maxLength: number): readonly string[] {
  if (pattern.length > MAX_PATTERN_LENGTH) return [`格式表达式不超过 ${MAX_PATTERN_LENGTH} 个字符`];
  try {
    new RegExp(pattern, 'u');
  } catch {
    return ['格式表达式无法识别'];
  }
  const problems =
    maxLength > MAX_PATTERN_TEXT_LENGTH ? [`有格式要求的要素不超过 ${MAX_PATTERN_TEXT_LENGTH} 字`] : [];
  if (/\\[1-9]|\\k</.test(pattern)) problems.push('格式表达式不得使用反向引用');
  const { repeatsAmbiguity, wideRepetitions, narrowWays } = examine(pattern);
  if (repeatsAmbiguity) problems.push('格式表达式不得重复含有重复或选择的分组');
  if (wideRepetitions > MAX_WIDE_REPETITIONS || narrowWays > MAX_NARROW_WAYS) {
    problems.push(`格式表达式中不定长的重复不超过 ${MAX_WIDE_REPETITIONS} 处，可选部分不宜过多`);
  }
  return problems;
}

const TOKENS =
  /\\[pPu]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<[^>]*>)|\{(\d+)(,(\d*))?\}|./gsu;

/** Walks over a well-formed expression: escapes, classes, groups and quantifiers. */
function examine(pattern: string): Examination {
  const seen: Examination = {
    ambiguous: [false],
    repeatsAmbiguity: false,
    wideRepetitions: 0,
    narrowWays: 1,
  };
  let closedAmbiguous = false;
  for (const [token, minimum, range, maximum] of pattern.matchAll(TOKENS)) {
    const spread = repetitionSpread(token, minimum, range, maximum);
    if (spread === null) {
      closedAmbiguous = enterOrLeave(seen, token);
      continue;
    }
    if (closedAmbiguous && token !== '?') seen.repeatsAmbiguity = true;
    closedAmbiguous = false;
    if (spread > 0) noteWays(seen, spread);
  }
  return seen;
}

/** Follows brackets and alternatives; answers whether the token closed a group that is ambiguous. */
function enterOrLeave(seen: Examination, token: string): boolean {
  if (token === '|') noteWays(seen, 1);
  if (token.startsWith('(')) seen.ambiguous.push(false);
  if (token !== ')') return false;
  const wasAmbiguous = seen.ambiguous.pop() === true;
  if (wasAmbiguous) markInnermost(seen);
  return wasAmbiguous;
}

function noteWays(seen: Examination, spread: number): void {
  if (spread > WIDE) seen.wideRepetitions += 1;
  else seen.narrowWays *= spread + 1;
  markInnermost(seen);
}

function markInnermost({ ambiguous }: Examination): void {
  if (ambiguous.length > 0) ambiguous[ambiguous.length - 1] = true;
}

/** By how much a quantifier lets the count vary (0 for {3}); null for anything that is no quantifier. */
function repetitionSpread(token: string, minimum?: string, range?: string, maximum?: string): number | null {
  if (token === '*' || token === '+') return Number.POSITIVE_INFINITY;
  if (token === '?') return 1;
  if (minimum === undefined) return null;
  if (range === undefined) return 0;
  return maximum === undefined || maximum === ''
    ? Number.POSITIVE_INFINITY
    : Number(maximum) - Number(minimum);
}
