import { ANOMALY_STATE_NAMES, ANOMALY_TRANSITIONS } from '../domain/anomaly/lifecycle';
import { CATALOG_TRANSITIONS, CATALOG_VERSION_STATE_NAMES } from '../domain/catalog/lifecycle';
import { CERTIFICATE_STATE_DESCRIPTIONS, CERTIFICATE_TRANSITIONS } from '../domain/certificate/lifecycle';
import { CHANGE_STATE_NAMES, CHANGE_TRANSITIONS } from '../domain/certificate-change/lifecycle';
import { DELIVERY_STATE_NAMES, DELIVERY_TRANSITIONS } from '../domain/delivery/lifecycle';
import { ITEM_STATE_NAMES, ITEM_TRANSITIONS } from '../domain/force-majeure/affected-item';
import { FORCE_MAJEURE_STATE_NAMES, FORCE_MAJEURE_TRANSITIONS } from '../domain/force-majeure/lifecycle';
import { INCREMENT_DAY_STATE_NAMES, INCREMENT_DAY_TRANSITIONS } from '../domain/ingestion/lifecycle';
import { ISSUANCE_STATE_NAMES, ISSUANCE_TRANSITIONS } from '../domain/issuance/lifecycle';
import { TASK_STATE_NAMES, TASK_TRANSITIONS } from '../domain/task/lifecycle';
import { UP_REPORT_STATE_NAMES, UP_REPORT_TRANSITIONS } from '../domain/up-report/lifecycle';

interface Drawn {
  readonly title: string;
  readonly source: string;
  readonly names: Readonly<Record<string, string>>;
  readonly table: Readonly<
    Record<string, { readonly name: string; readonly from: readonly string[]; readonly to: string }>
  >;
  /** Where every life begins. */
  readonly first: readonly string[];
}

const LIFECYCLES: Readonly<Record<string, Drawn>> = {
  'anomaly-case': {
    title: '异常数据核查 · anomaly case',
    source: 'domain/anomaly/lifecycle.ts',
    names: ANOMALY_STATE_NAMES,
    table: ANOMALY_TRANSITIONS,
    first: ['filed'],
  },
  issuance: {
    title: '签发事项 · issuance case',
    source: 'domain/issuance/lifecycle.ts',
    names: ISSUANCE_STATE_NAMES,
    table: ISSUANCE_TRANSITIONS,
    first: ['received'],
  },
  certificate: {
    title: '证照版本 · certificate version',
    source: 'domain/certificate/lifecycle.ts',
    names: Object.fromEntries(
      Object.entries(CERTIFICATE_STATE_DESCRIPTIONS).map(([state, { name }]) => [state, name]),
    ),
    table: CERTIFICATE_TRANSITIONS,
    first: ['draft', 'awaitingSeal'],
  },
  'certificate-change': {
    title: '证照变动 · change of a certificate',
    source: 'domain/certificate-change/lifecycle.ts',
    names: CHANGE_STATE_NAMES,
    table: CHANGE_TRANSITIONS,
    first: ['received'],
  },
  delivery: {
    title: '送达 · delivery',
    source: 'domain/delivery/lifecycle.ts',
    names: DELIVERY_STATE_NAMES,
    table: DELIVERY_TRANSITIONS,
    first: ['pending'],
  },
  'force-majeure-event': {
    title: '不可抗力事件 · force-majeure event',
    source: 'domain/force-majeure/lifecycle.ts',
    names: FORCE_MAJEURE_STATE_NAMES,
    table: FORCE_MAJEURE_TRANSITIONS,
    first: ['declared'],
  },
  'force-majeure-item': {
    title: '受影响事项 · affected item',
    source: 'domain/force-majeure/affected-item.ts',
    names: ITEM_STATE_NAMES,
    table: ITEM_TRANSITIONS,
    first: ['open'],
  },
  'increment-day': {
    title: '每日增量 · day of increments',
    source: 'domain/ingestion/lifecycle.ts',
    names: INCREMENT_DAY_STATE_NAMES,
    table: INCREMENT_DAY_TRANSITIONS,
    first: ['open'],
  },
  'up-report': {
    title: '归集上报 · report to the region',
    source: 'domain/up-report/lifecycle.ts',
    names: UP_REPORT_STATE_NAMES,
    table: UP_REPORT_TRANSITIONS,
    first: ['pending'],
  },
  task: {
    title: '任务 · task',
    source: 'domain/task/lifecycle.ts',
    names: TASK_STATE_NAMES,
    table: TASK_TRANSITIONS,
    first: ['open'],
  },
  catalogue: {
    title: '目录版本 · catalogue entry version',
    source: 'domain/catalog/lifecycle.ts',
    names: CATALOG_VERSION_STATE_NAMES,
    table: CATALOG_TRANSITIONS,
    first: ['draft'],
  },
};

/** Out: the drawing of every lifecycle as Markdown with a Mermaid diagram, by file name; nothing but the tables decides it. */
export function stateMachineDrawings(): ReadonlyMap<string, string> {
  return new Map(Object.entries(LIFECYCLES).map(([name, drawn]) => [`${name}.md`, drawing(drawn)]));
}

function drawing({ title, source, names, table, first }: Drawn): string {
  const states = Object.keys(names);
  const operations = Object.values(table);
  const left = new Set(operations.flatMap(({ from }) => from));
  const arrows = operations.flatMap(({ name, from, to }) =>
    from.map((state) => `  ${state} --> ${to === 'unchanged' ? state : to}: ${name}`),
  );
  return [
    `# ${title}`,
    '',
    `Drawn from the table in \`${source}\` by \`tools/draw-state-machines.ts\`; a test compares the two.`,
    '',
    '```mermaid',
    'stateDiagram-v2',
    ...states.map((state) => `  state "${names[state]}" as ${state}`),
    ...first.map((state) => `  [*] --> ${state}`),
    ...arrows,
    ...states.filter((state) => !left.has(state)).map((state) => `  ${state} --> [*]`),
    '```',
    '',
  ].join('\n');
}
