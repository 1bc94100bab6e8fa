import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DEADLINE_ALARMS,
  LOG_ALARMS,
  MEASUREMENTS,
  METRIC_ALARMS,
  NOTICE_ALARMS,
  POLICIES_WITHOUT_CLOCK,
  READINESS_ALARMS,
  SIGNS,
} from '../../domain/alarm/alarms';
import { INITIAL_SLA_POLICIES } from '../../domain/sla/policies';
import { READINESS_PARTS } from '../../ports/readiness';

const CHECKOUT = join(__dirname, '..', '..');
const RUNBOOKS = join(CHECKOUT, 'docs', 'runbooks');
const MAX_LINES = 40;

/** Titles of notices that tell staff or holders something and call for nobody: whoever adds one decides that here. */
const NEWS: readonly string[] = [
  '有证照转入贵单位',
  '您的证照即将到期',
  '您的证照已过有效期',
  '您使用过的证照信息有误',
  '不可抗力事件已办结',
  '专人专管备案待办理',
  '不可抗力消除时间有异议',
  '您有电子证照待领取',
  '您有新的电子证照',
  '请求移交任务',
  '催办',
  '任务有新留言',
  '抄送',
  '异议已受理',
  '请补充异议材料',
  '异议已转办',
  '不可抗力范围扩大',
  '异常核查告知书',
];

const text = (slug: string): string => readFileSync(join(RUNBOOKS, `${slug}.md`), 'utf8');

/** Every alarm with the words by which its runbook has to name it. */
const ALARMS: readonly (readonly [string, string])[] = [
  ...Object.values(NOTICE_ALARMS).map(({ title, runbook }) => [title, runbook] as const),
  ...Object.entries(METRIC_ALARMS),
  ...Object.entries(READINESS_ALARMS),
  ...Object.entries(LOG_ALARMS),
  ...Object.entries(SIGNS),
];
const NAMED = new Set([...ALARMS.map(([, runbook]) => runbook), ...Object.values(DEADLINE_ALARMS)]);

/** Sources of the product, as one text for each file. */
function sources(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('demonstration'))
      .map((name) => readFileSync(join(CHECKOUT, folder, name), 'utf8')),
  );
}

function found(pattern: RegExp, texts: readonly string[]): readonly string[] {
  return texts.flatMap((source) => [...source.matchAll(pattern)].map((match) => match[1] ?? ''));
}

describe('the runbooks', () => {
  it('are there for every alarm, and none is of an alarm that does not exist', () => {
    const files = readdirSync(RUNBOOKS).map((name) => name.replace(/\.md$/, ''));
    expect([...NAMED].sort()).toEqual(files.sort());
  });

  it.each(ALARMS)('name %s where they say by what it is noticed', (sign, runbook) => {
    const source = text(runbook).split('## 意味着什么')[0] ?? '';
    expect(source).toContain(sign);
  });

  it.each([...NAMED].sort())('%s says what it means, what to look at and what to do, on one page', (slug) => {
    const page = text(slug);
    expect(page.split('\n').length - 1).toBeLessThanOrEqual(MAX_LINES);
    expect(page).toMatch(new RegExp(`^# .+（${slug}）\n\n\\*\\*来自\\*\\*：`));
    expect([...page.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
      '意味着什么',
      '看什么',
      '做什么',
    ]);
    for (const [, link] of page.matchAll(/\]\(([^)]+)\.md\)/g)) expect(NAMED).toContain(link);
  });

  it('are listed in docs/operations.md, each with a link', () => {
    const operations = readFileSync(join(CHECKOUT, 'docs', 'operations.md'), 'utf8');
    const linked = [...operations.matchAll(/\(runbooks\/([a-z-]+)\.md\)/g)].map((match) => match[1]);
    expect([...new Set(linked)].sort()).toEqual([...NAMED].sort());
  });
});

describe('the list of alarms', () => {
  const worker = sources('adapters', 'main', 'api');

  it('has every notice to staff that is no mere news', () => {
    const titles = found(/^\s*title: '([^']+)'/gm, sources('adapters'));
    const alarms = Object.values(NOTICE_ALARMS).map(({ title }) => title as string);
    expect(titles.filter((title) => !NEWS.includes(title) && !alarms.includes(title))).toEqual([]);
    for (const alarm of Object.keys(NOTICE_ALARMS)) {
      const isPosted = worker.some((source) => source.includes(`alarmTitle('${alarm}')`));
      const title = NOTICE_ALARMS[alarm as keyof typeof NOTICE_ALARMS].title;
      expect([alarm, isPosted || titles.includes(title)]).toEqual([alarm, true]);
    }
  });

  it('has every metric, unless it is a measurement for graphs', () => {
    const metrics = found(/new (?:Gauge|Counter|Histogram)\(\{\s*name: '(\w+)'/g, worker);
    expect([...new Set(metrics)].sort()).toEqual([...Object.keys(METRIC_ALARMS), ...MEASUREMENTS].sort());
  });

  it('has every time limit whose clock runs', () => {
    const keys = INITIAL_SLA_POLICIES.map(({ key }) => key);
    expect([...Object.keys(DEADLINE_ALARMS), ...POLICIES_WITHOUT_CLOCK].sort()).toEqual(keys.sort());
  });

  it('has every part of readiness, and every line that is logged as a warning or an error', () => {
    expect(Object.keys(READINESS_ALARMS).sort()).toEqual([...READINESS_PARTS].sort());
    const lines = found(/log\.(?:error|warn)\([^;]*?'([^']+)'\s*\)/g, sources('main', 'api'));
    expect([...new Set(lines)].sort()).toEqual(Object.keys(LOG_ALARMS).sort());
  });

  it('has no sign that the product does not know', () => {
    const all = [
      ...worker,
      ...sources('domain/task', 'domain/shared', 'domain/certificate', 'documents/verification'),
    ];
    for (const sign of Object.keys(SIGNS)) {
      expect([sign, all.some((source) => source.includes(sign))]).toEqual([sign, true]);
    }
  });
});
