import type { z } from 'zod';
import { jsonPointer } from '../../domain/shared/json-pointer';
import type { Problem } from '../../domain/shared/refusals';

const MAX_PROBLEMS = 50;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: '文本',
  number: '数字',
  int: '整数',
  boolean: '是或否(true/false)',
  array: '列表',
  object: '对象',
  record: '对象',
  null: 'null',
};

type Issue = z.core.$ZodIssue;

/**
 * Says in Chinese what each issue of a shape expects, at its JSON pointer; values are never repeated. `where`
 * turns the path into a pointer: of the body by default, into the name of a parameter otherwise.
 */
export function shapeProblems(
  error: z.ZodError,
  where: (path: readonly (string | number)[]) => string = (path) => jsonPointer(...path),
): readonly Problem[] {
  return error.issues.flatMap((issue) => describe(issue, where)).slice(0, MAX_PROBLEMS);
}

/** Pointer of a query parameter or header: its name. */
export function parameterName(path: readonly (string | number)[]): string {
  return String(path[0] ?? '');
}

function describe(issue: Issue, where: (path: readonly (string | number)[]) => string): Problem[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: where([...path, key.slice(0, 100)]),
      code: 'unknownMember',
      expected: '没有这个成员，请删除或核对名称',
    }));
  }
  return [{ pointer: where(path), ...explain(issue) }];
}

function explain(issue: Issue): { readonly code: string; readonly expected: string } {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? { code: 'missing', expected: `缺少必填项，应为${typeName(issue.expected)}` }
        : { code: 'wrongType', expected: `应为${typeName(issue.expected)}` };
    case 'too_big':
      return { code: 'tooLong', expected: sizeSentence('不超过', Number(issue.maximum), issue.origin) };
    case 'too_small':
      return { code: 'tooShort', expected: sizeSentence('至少', Number(issue.minimum), issue.origin) };
    case 'invalid_value':
      return { code: 'notInEnumeration', expected: `应为以下之一：${issue.values.map(String).join('、')}` };
    case 'invalid_format':
      return { code: 'illFormed', expected: formatSentence(issue) };
    case 'invalid_union':
      return { code: 'wrongType', expected: '不符合任何一种允许的写法' };
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return { code: 'illFormed', expected: issue.message };
  }
}

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

function sizeSentence(word: string, size: number, origin: string): string {
  switch (origin) {
    case 'string':
      return `${word} ${size} 个字`;
    case 'array':
      return `${word} ${size} 项`;
    default:
      return `应${word === '至少' ? '不小于' : '不大于'} ${size}`;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  datetime: '应为带时区的时刻，例如 2026-11-23T09:30:00+08:00',
  guid: '应为编号(UUID)',
  url: '应为 http:// 或 https:// 开头的地址',
};

/** A schema may bring its own Chinese sentence; otherwise the format's. */
function formatSentence(issue: { readonly format: string; readonly message: string }): string {
  return /[\u4e00-\u9fff]/.test(issue.message) ? issue.message : (FORMATS[issue.format] ?? '格式不符');
}
