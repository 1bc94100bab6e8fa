import { z } from 'zod';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { accepted, type Result, refused } from '../../domain/shared/result';
import { readPemBlocks } from '../trust/pem-blocks';
import { isKeyId } from './check-request';
import type { Pkcs11Key } from './pkcs11-key-store';

/** The keys of a token as the office describes them. */
export interface Pkcs11KeyList {
  /** Keys that have their certificate and can seal. */
  readonly keys: readonly Pkcs11Key[];
  /** Every key by its id with its label, also those whose certificate is still to be asked for. */
  readonly labels: ReadonlyMap<string, string>;
}

const RSA_BITS = 3072;
const MAX_LABEL = 255;
const text = (sentence: string) => z.string({ error: sentence });
const keyShape = z.strictObject(
  {
    keyId: text('应为文字').refine(isKeyId, '应为 1 至 64 个字母、数字、点、下划线或连字符'),
    label: text('应为令牌中的密钥标签').min(1, '不能为空').max(MAX_LABEL, '过长'),
    certificate: text('应为 PEM 证书').optional(),
    chain: text('应为 PEM 证书').default(''),
    stopped: z.boolean('应为 true 或 false').default(false),
  },
  '应为 {keyId, label, certificate, chain, stopped}，没有其他成员',
);
const fileShape = z.strictObject(
  { keys: z.array(keyShape, '应为密钥的列表').min(1, '至少描述一把密钥') },
  '应为 {"keys": […]}，没有其他成员',
);
type DescribedKey = z.infer<typeof keyShape>;

/**
 * In: the text of the file that describes the keys of a token: `{"keys": [{"keyId", "label", "certificate", "chain",
 * "stopped"}]}`, certificates in PEM; a key without `certificate` is one whose certificate is still to be asked for. Out:
 * the keys, or every problem at once, each with its place, in Chinese. Only RSA with 3072 bits is taken, which is what the
 * signatures of a PDF are laid out for.
 */
export function readPkcs11Keys(json: string): Result<Pkcs11KeyList, readonly string[]> {
  const parsed = fileShape.safeParse(parseJson(json));
  if (!parsed.success) {
    return refused(parsed.error.issues.map(({ path, message }) => `${path.join('.') || '文件'}：${message}`));
  }
  const { keys } = parsed.data;
  const problems = [...doubles(keys, 'keyId'), ...doubles(keys, 'label')];
  const certified = keys.flatMap((key, index) => {
    if (key.certificate === undefined) return [];
    const read = readCertified(key, key.certificate);
    if (read.ok) return [read.value];
    problems.push(`keys.${index}.${read.refusal}`);
    return [];
  });
  if (problems.length > 0) return refused(problems);
  return accepted({ keys: certified, labels: new Map(keys.map(({ keyId, label }) => [keyId, label])) });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function doubles(keys: readonly DescribedKey[], member: 'keyId' | 'label'): string[] {
  return keys.flatMap((key, index) => {
    const first = keys.findIndex((other) => other[member] === key[member]);
    return first < index ? [`keys.${index}.${member}：与 keys.${first} 相同`] : [];
  });
}

function readCertified(key: DescribedKey, certificateText: string): Result<Pkcs11Key, string> {
  const [certificate, second] = certificatesIn(certificateText);
  if (certificate === undefined || second !== undefined) return refused('certificate：应恰好有一张 PEM 证书');
  const problem = certificateProblem(certificate);
  if (problem !== null) return refused(`certificate：${problem}`);
  const chain = certificatesIn(key.chain);
  if (key.chain.trim() !== '' && chain.length === 0) return refused('chain：没有 PEM 证书');
  if (!chain.every(isReadable)) return refused('chain：有一张证书无法读取');
  const { keyId, label, stopped } = key;
  return accepted({ keyId, label, certificate, chain, stopped });
}

function certificatesIn(pem: string): readonly Uint8Array[] {
  return readPemBlocks(pem).flatMap(({ label, der }) => (label === 'CERTIFICATE' ? [der] : []));
}

function certificateProblem(der: Uint8Array): string | null {
  try {
    const { publicKey } = parseSigningCertificate(der);
    const isRight = publicKey.kind === 'rsa' && publicKey.modulusBits === RSA_BITS;
    return isRight ? null : `不是 RSA ${RSA_BITS} 位密钥的证书`;
  } catch {
    return '证书无法读取';
  }
}

function isReadable(der: Uint8Array): boolean {
  try {
    parseSigningCertificate(der);
    return true;
  } catch {
    return false;
  }
}
