import { resolve } from 'node:path';
import { z } from 'zod';
import { EVENT_LOG_KEY_ID } from './event-log-signer';

/** Where the keys lie that seal, seal reports and sign the event log; several stores may be on at once. */
export type KeyStoreConfig = {
  /** Keys in files: test only. */
  readonly software: boolean;
  readonly pkcs11:
    | { readonly modulePath: string; readonly tokenLabel: string; readonly keysFile: string }
    | undefined;
  /** Base address of the unified seal service, without a slash at the end. */
  readonly sealServiceUrl: string | undefined;
  /** Undefined only where nothing runs that writes the event log. */
  readonly eventLogKeyId: string | undefined;
};

/** The variables of {@link KeyStoreConfig}; part of the one schema in `main/config.ts`. */
export const KEY_STORE_VARIABLES = {
  // No 0 and 1: whoever sets it in production is to write down what it is.
  SOFTWARE_KEYS: z.enum(['off', 'test-only'], { error: '应为 off 或 test-only(仅供测试)' }).optional(),
  PKCS11_MODULE: z.string().optional(),
  PKCS11_TOKEN: z.string().optional(),
  PKCS11_KEYS: z.string().optional(),
  SEAL_SERVICE_URL: z
    .url({ protocol: /^https?$/, error: '应为 http:// 或 https:// 开头的地址' })
    .transform((value) => value.replace(/\/+$/, ''))
    .optional(),
  // The independent checker takes a key's id from the name of its certificate's file, up to the first dot.
  EVENT_LOG_KEY: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, '应为 1 至 64 个字母、数字、下划线或连字符')
    .optional(),
} as const;

type KeyStoreVariables = z.infer<z.ZodObject<typeof KEY_STORE_VARIABLES>> & {
  readonly NODE_ENV: 'development' | 'test' | 'production';
  readonly DEMO?: boolean | undefined;
};
type Problem = { readonly variable: string; readonly sentence: string };

const PKCS11_VARIABLES = ['PKCS11_MODULE', 'PKCS11_TOKEN', 'PKCS11_KEYS'] as const;

/**
 * In: the variables, and whether the process seals or only looks after the installation. Out: what is wrong with them
 * together: half a token, a demonstration without the store in which it makes its keys, production without any store.
 */
export function keyStoreProblems(values: KeyStoreVariables, seals: boolean): readonly Problem[] {
  const { software, pkcs11, sealServiceUrl, eventLogKeyId } = toKeyStoreConfig(values);
  const problems: Problem[] = [];
  const named = PKCS11_VARIABLES.filter((name) => values[name] !== undefined);
  if (named.length > 0 && pkcs11 === undefined) {
    for (const variable of PKCS11_VARIABLES.filter((name) => !named.includes(name))) {
      problems.push({ variable, sentence: `与 ${named.join('、')} 须一并设置。` });
    }
  }
  if (!seals) return problems;
  // Production refuses DEMO=1 for better reasons.
  if (!software && values.NODE_ENV !== 'production' && values.DEMO !== false) {
    problems.push({
      variable: 'SOFTWARE_KEYS',
      sentence: '演示数据的密钥在软件密钥库中,DEMO=1 时不能为 off。',
    });
  }
  if (!software && named.length === 0 && sealServiceUrl === undefined) {
    problems.push({
      variable: 'SOFTWARE_KEYS',
      sentence:
        '没有任何密钥库:请设置 PKCS11_MODULE、PKCS11_TOKEN、PKCS11_KEYS(密码机)或 SEAL_SERVICE_URL(统一用印服务);生产环境默认不用软件密钥库,它仅供测试。',
    });
  } else if (eventLogKeyId === undefined) {
    problems.push({
      variable: 'EVENT_LOG_KEY',
      sentence: '没有软件密钥库时必须指明为事件日志签名的密钥编号。',
    });
  }
  return problems;
}

/** In: variables without problems. Out: where the keys lie, paths absolute. */
export function toKeyStoreConfig(values: KeyStoreVariables): KeyStoreConfig {
  const { PKCS11_MODULE: modulePath, PKCS11_TOKEN: tokenLabel, PKCS11_KEYS: keysFile } = values;
  const isComplete = modulePath !== undefined && tokenLabel !== undefined && keysFile !== undefined;
  const fallback = values.NODE_ENV === 'production' ? 'off' : 'test-only';
  const software = (values.SOFTWARE_KEYS ?? fallback) === 'test-only';
  return {
    software,
    pkcs11: isComplete
      ? { modulePath: resolve(modulePath), tokenLabel, keysFile: resolve(keysFile) }
      : undefined,
    sealServiceUrl: values.SEAL_SERVICE_URL,
    eventLogKeyId: values.EVENT_LOG_KEY ?? (software ? EVENT_LOG_KEY_ID : undefined),
  };
}
