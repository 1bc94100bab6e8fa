import { z } from 'zod';
import { parseUnifiedCreditCode } from '../../domain/certificate/unified-credit-code';
import type { LegalDate } from '../../domain/shared/legal-date';
import { parseLegalDate, shanghaiInstant } from '../../domain/shared/legal-date';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

export const idSchema = z.guid().meta({ description: '编号(UUID)' });
export const idParams = z.object({ id: idSchema });

/** An instant in an answer, RFC 3339 with +08:00. */
export const instantSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?\+08:00$/)
  .meta({ description: '北京时间，RFC 3339', format: 'date-time', examples: ['2026-11-23T09:30:00+08:00'] });

/** A date in an answer. */
export const dateSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .meta({ description: '日期 YYYY-MM-DD', format: 'date' });

/** A date in a request: must exist. */
export const legalDateSchema = z
  .string()
  .max(40)
  .transform((text, context): LegalDate => {
    const date = parseLegalDate(text);
    if (date.ok) return date.value;
    context.addIssue({ code: 'custom', message: date.refusal.expected });
    return z.NEVER;
  })
  .meta({ description: '日期 YYYY-MM-DD，须为存在的日期', format: 'date' });

/** 统一社会信用代码 in a request, with its right check character. */
export const creditCodeSchema = z
  .string()
  .max(40)
  .transform((text, context): string => {
    const code = parseUnifiedCreditCode(text);
    if (code.ok) return code.value;
    context.addIssue({ code: 'custom', message: code.refusal.expected });
    return z.NEVER;
  })
  .meta({ description: '统一社会信用代码，18 位，校验位须正确' });

/** A person's reason in words. */
export const reasonSchema = z.string().trim().min(1).max(500).meta({ description: '理由，1 至 500 字' });

/** A short free text of a request. */
export function textSchema(maxLength: number, description: string) {
  return z.string().min(1).max(maxLength).meta({ description });
}

export const pageQuery = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .meta({ description: `每页条数，1 至 ${MAX_LIMIT}` }),
  cursor: z.string().min(1).max(500).optional().meta({ description: '上一页给出的游标' }),
});

export const purposeQuery = z.strictObject({
  purpose: z
    .string()
    .max(200)
    .optional()
    .meta({ description: '查阅用途，可代替请求头 Use-Purpose，不超过 200 字' }),
});

/** A page of a list; `nextCursor` is null on the last one. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item).meta({ description: '本页各项' }),
    nextCursor: z.string().nullable().meta({ description: '下一页的游标；没有下一页时为 null' }),
  });
}

/** `availableActions` of a resource: what its caller may do with it now. */
export function actionsSchema(actions: readonly string[]) {
  const item = actions.length === 0 ? z.string().max(0) : z.enum(actions);
  return z.array(item).meta({ description: '当前可执行的操作' });
}

/** An instant of a port as an answer writes it. */
export function instantText(text: string): string {
  return shanghaiInstant(Date.parse(text));
}

/** As `instantText`, null staying null. */
export function instantTextOrNull(text: string | null): string | null {
  return text === null ? null : instantText(text);
}

/** Optional members as the strictest compiler wants them: absent, never undefined. JSON cannot hold undefined. */
export type Exact<Value> = Value extends string | number | boolean | null
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Exact<Item>[]
    : Value extends object
      ? {
          readonly [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Exact<Value[Key]>;
        } & {
          readonly [Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exact<
            Exclude<Value[Key], undefined>
          >;
        }
      : Value;

/** A value parsed from JSON, typed without undefined members. */
export function exact<Value>(value: Value): Exact<Value> {
  return value as unknown as Exact<Value>;
}
