import { z } from 'zod';
import { REFUSALS } from '../../domain/shared/refusals';

/** RFC 9457 with this product's extensions; every refusal and fault is answered so. */
export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: '问题类型的 URI' }),
    title: z.string().meta({ description: '英文概要' }),
    status: z.number().int(),
    code: z.enum([...Object.keys(REFUSALS), 'internalError']).meta({ description: '问题代码' }),
    detail: z.string().meta({ description: '说明，默认中文，按 Accept-Language 可为英文' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'JSON 指针(RFC 6901)，或请求头、参数的名称' }),
          code: z.string(),
          expected: z.string().meta({ description: '期望的内容' }),
        }),
      )
      .optional()
      .meta({ description: '逐项列出的错误' }),
    facts: z
      .record(z.string(), z.union([z.string(), z.number(), z.null()]))
      .optional()
      .meta({ description: '有助于处理的事实，例如任务由谁何时认领' }),
    traceId: z.string().meta({ description: '追踪号' }),
  })
  .meta({ id: 'Problem', description: '问题说明(RFC 9457)' });
