import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { ROLE_NAMES } from '../domain/shared/principal';
import { problemSchema } from './contract/problem';
import { API_ROOT } from './http/api-root';
import type { Access, Endpoint, EndpointHeader, EndpointResponse } from './http/endpoint';
import type { Route } from './http/route';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const DESCRIPTION = `鄂尔多斯市电子证照后台的接口。

业务系统对每次调用签名：\`Authorization: ECERT-HMAC-SHA256 keyId="…", timestamp="<Unix 秒>", nonce="<16 位以上随机字符>", signature="<base64>"\`。
签名 = HMAC-SHA256(密钥的 UTF-8 字节)，内容为以换行连接的各行：方案名、方法、发出的完整路径、排序后的原始查询参数、正文的十六进制摘要、时间戳、随机数。
\`ECERT-HMAC-SM3\` 以 SM3 代替 SHA-256。时间相差不得超过 300 秒，随机数只能用一次。

人员登录后使用会话 Cookie，写操作须带 \`X-CSRF-Token\`。每次应答都有追踪号 \`X-Trace-Id\`。`;

interface HeaderDescription {
  readonly required: boolean;
  readonly description: string;
  readonly schema: {
    readonly type: 'string';
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly pattern?: string;
    readonly examples?: string[];
  };
}

const HEADER_DESCRIPTIONS: Readonly<Record<EndpointHeader, HeaderDescription>> = {
  'Idempotency-Key': {
    required: true,
    description: '同一键、同一内容的请求只执行一次，至少保留 7 天；内容不同答 422',
    schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\x20-\\x7e]+$' },
  },
  'If-Match': {
    required: true,
    description: '读取时得到的 ETag，例如 "3"',
    schema: { type: 'string', pattern: '^"\\d{1,9}"$' },
  },
  Prefer: {
    required: false,
    description: 'wait=N：最多等待 N 秒(不超过 20)',
    schema: { type: 'string', examples: ['wait=20'] },
  },
  'Use-Purpose': {
    required: false,
    description: '查阅用途，百分号编码的 UTF-8，不超过 200 字；也可用参数 purpose',
    schema: { type: 'string' },
  },
};

/** The OpenAPI 3.1 document of the routes; committed as openapi.json, from which the console's client is made. */
export function createOpenApiDocument(routes: readonly Route[]): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'agencySignature', {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '业务系统签名，见说明',
  });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'ecert_session',
    description: '人员会话',
  });
  registry.registerComponent('securitySchemes', 'csrfToken', {
    type: 'apiKey',
    in: 'header',
    name: 'X-CSRF-Token',
    description: '登录时得到的令牌，写操作必带',
  });
  for (const { endpoint } of routes) registry.registerPath(describe(endpoint));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: '电子证照接口', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
  });
}

function describe(endpoint: Endpoint): RouteConfig {
  const { method, path, operationId, tag, summary, params, query, body } = endpoint;
  return {
    method,
    path: `${API_ROOT}${path}`,
    operationId,
    tags: [tag],
    summary,
    description: [endpoint.description, whoMayCall(endpoint.access)].filter(Boolean).join('\n\n'),
    security: securityOf(endpoint),
    parameters: (endpoint.headers ?? []).map(headerParameter),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: { required: true, content: bodyContent(body) } }),
    },
    responses: { ...successes(endpoint), ...problems(endpoint) },
  };
}

function headerParameter(name: EndpointHeader) {
  const { required, description, schema } = HEADER_DESCRIPTIONS[name];
  return { name, in: 'header' as const, required, description, schema };
}

function bodyContent(body: NonNullable<Endpoint['body']>) {
  if (body.kind === 'json') return { 'application/json': { schema: body.schema } };
  const file = z
    .custom<Uint8Array>((value) => value instanceof Uint8Array)
    .meta({
      type: 'string',
      contentMediaType: 'application/octet-stream',
      description: '文件内容，不超过 20 MB',
    });
  if (body.kind === 'file') return { 'multipart/form-data': { schema: z.object({ file }) } };
  return {
    'application/json': { schema: body.schema },
    'multipart/form-data': { schema: body.form.extend({ file }) },
  };
}

function successes({ responses }: Endpoint): RouteConfig['responses'] {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, success(response, status)]),
  );
}

function success({ description, schema, mediaTypes }: EndpointResponse, status: string) {
  const json = schema === undefined ? {} : { 'application/json': { schema } };
  const others = Object.fromEntries(
    (mediaTypes ?? []).map((mediaType) => [
      mediaType,
      { schema: z.string().meta(mediaType.startsWith('text/') ? {} : { contentMediaType: mediaType }) },
    ]),
  );
  const location = status === '201' || status === '202' ? LOCATION : {};
  const hasContent = schema !== undefined || mediaTypes !== undefined;
  return { description, ...location, ...(hasContent ? { content: { ...json, ...others } } : {}) };
}

const LOCATION = {
  headers: { Location: { description: '资源的地址', schema: { type: 'string' as const } } },
};

const PROBLEM_WORDS = {
  400: '请求格式有误',
  401: '未登录，或签名、时间戳、随机数不成立',
  403: '无权执行',
  404: '没有找到，或不在管辖范围内',
  409: '与当前状态冲突',
  412: '内容已被他人修改',
  413: '正文过大',
  415: '内容类型不支持',
  422: '内容不符合规则',
  428: '缺少 If-Match',
  429: '请求过于频繁',
  500: '系统内部错误',
} as const;
type ProblemStatus = keyof typeof PROBLEM_WORDS;

function problems(endpoint: Endpoint): RouteConfig['responses'] {
  return Object.fromEntries(
    problemStatuses(endpoint).map((status) => [
      status,
      {
        description: PROBLEM_WORDS[status],
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

function problemStatuses({ access, params, body, headers, method }: Endpoint): readonly ProblemStatus[] {
  const isWrite = method !== 'get';
  return [
    400,
    ...(access.kind === 'public' && body?.kind !== 'json' ? [] : ([401, 403] as const)),
    ...(params === undefined && !isWrite ? [] : ([404] as const)),
    ...(isWrite ? ([409] as const) : []),
    ...(headers?.includes('If-Match') === true ? ([412, 428] as const) : []),
    413,
    ...(body === undefined ? [] : ([415] as const)),
    ...(isWrite ? ([422] as const) : []),
    429,
    500,
  ];
}

function securityOf({ access, method }: Endpoint): NonNullable<RouteConfig['security']> {
  if (access.kind === 'public') return [];
  const session = method === 'get' ? { session: [] } : { session: [], csrfToken: [] };
  return access.agencies ? [{ agencySignature: [] }, session] : [session];
}

function whoMayCall(access: Access): string {
  if (access.kind === 'public') return '任何人可用。';
  const names = access.roles === 'every' ? ['所有已登录人员'] : access.roles.map((role) => ROLE_NAMES[role]);
  return `可用者：${[...(access.agencies ? ['业务系统'] : []), ...names].join('、')}。`;
}
