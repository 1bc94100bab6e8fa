import { z } from 'zod';
import { PAPER_KIND_NAMES } from '../../domain/official-paper/paper-kind';
import { endpoint } from '../http/endpoint';
import { ANYBODY_SIGNED_IN } from './access';
import {
  actionsSchema,
  dateSchema,
  idParams,
  instantSchema,
  pageQuery,
  pageSchema,
  purposeQuery,
} from './shapes';

const TAG = '公文';

const paperFields = {
  id: z.string(),
  state: z.enum(['issued', 'received']).meta({ description: '已出具；已由受送达人收到' }),
  kind: z.enum(PAPER_KIND_NAMES),
  number: z.string().meta({ description: '文号，如 鄂东审服〔2026〕12号' }),
  authorityId: z.string(),
  caseKind: z.string(),
  caseId: z.string(),
  issuedAt: instantSchema,
  receivedAt: instantSchema.nullable().meta({ description: '受送达人收到的时刻；尚无凭据时为 null' }),
  availableActions: actionsSchema([]),
} as const;

export const paperSchema = z
  .strictObject(paperFields)
  .meta({ id: 'OfficialPaper', description: '公文，不含正文' });

const paperTextSchema = z
  .strictObject({
    ...paperFields,
    title: z.string(),
    addressee: z.string(),
    paragraphs: z.array(z.string()),
    issuedBy: z.string(),
    issuedOn: dateSchema,
  })
  .meta({ id: 'OfficialPaperText', description: '公文及正文；本次查阅已记录' });

export const listPapers = endpoint({
  method: 'get',
  path: '/official-papers',
  operationId: 'listPapers',
  tag: TAG,
  summary: '公文列表',
  access: ANYBODY_SIGNED_IN,
  query: pageQuery,
  responses: { 200: { description: '一页公文，新的在前', schema: pageSchema(paperSchema) } },
});

export const openPaper = endpoint({
  method: 'get',
  path: '/official-papers/{id}',
  operationId: 'openPaper',
  tag: TAG,
  summary: '查阅公文',
  description: '受送达人查阅即为收到。要网页时给出可打印的页面。',
  access: ANYBODY_SIGNED_IN,
  params: idParams,
  headers: ['Use-Purpose'],
  query: purposeQuery,
  responses: {
    200: { description: '公文正文', schema: paperTextSchema, mediaTypes: ['text/html'] },
  },
});
