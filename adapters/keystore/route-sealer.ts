import { accepted, type Result, refused } from '../../domain/shared/result';
import type {
  Sealer,
  SealerAnswer,
  SealerRefusal,
  SealerRequest,
  SealKeyDescription,
  SelfTestReport,
} from '../../ports/sealer';
import { isKeyId, sealerRefusal } from './check-request';

/** A store that can say which keys it holds. */
export interface KeyHolder {
  /** For people: 软件密钥库, 密码机, 统一用印服务. */
  readonly name: string;
  readonly sealer: Sealer;
  keyIds(): Promise<readonly string[]>;
}

export interface RouteSealerOptions {
  /** Asked in this order by the keys that they declare. */
  readonly declared: readonly KeyHolder[];
  /** Asked for every other key: a unified service does not have to tell which keys it has. */
  readonly last: { readonly name: string; readonly sealer: Sealer } | null;
}

class RouteSealer implements Sealer {
  private readonly options: RouteSealerOptions;
  /** A store never gives a key away (it stops it), so where a key was found it stays. */
  private readonly homes = new Map<string, Sealer>();

  constructor(options: RouteSealerOptions) {
    this.options = options;
  }

  private async find(keyId: string): Promise<Result<Sealer, SealerRefusal>> {
    if (!isKeyId(keyId)) return refused(sealerRefusal('keyUnknown', '密钥编号不合规'));
    const known = this.homes.get(keyId);
    if (known !== undefined) return accepted(known);
    for (const { sealer, keyIds } of this.options.declared) {
      if (!(await keyIds()).includes(keyId)) continue;
      this.homes.set(keyId, sealer);
      return accepted(sealer);
    }
    const { last } = this.options;
    return last === null
      ? refused(sealerRefusal('keyUnknown', `各密钥库中都没有编号为 ${keyId} 的密钥`))
      : accepted(last.sealer);
  }

  async sign(request: SealerRequest): Promise<Result<SealerAnswer, SealerRefusal>> {
    const found = await this.find(request.keyId);
    return found.ok ? found.value.sign(request) : found;
  }

  async describe(keyId: string): Promise<Result<SealKeyDescription, SealerRefusal>> {
    const found = await this.find(keyId);
    return found.ok ? found.value.describe(keyId) : found;
  }

  async selfTest(): Promise<SelfTestReport> {
    const { declared, last } = this.options;
    const reports = await Promise.all([...declared, ...(last === null ? [] : [last])].map(testStore));
    return {
      passed: reports.every(({ passed }) => passed),
      checks: reports.flatMap(({ checks }) => checks),
    };
  }
}

/** A store out of reach fails its own test and hides nothing of the others. */
async function testStore({
  name,
  sealer,
}: {
  readonly name: string;
  readonly sealer: Sealer;
}): Promise<SelfTestReport> {
  try {
    return await sealer.selfTest();
  } catch (fault) {
    const detail = fault instanceof Error ? fault.message : '无法使用';
    return { passed: false, checks: [{ name, passed: false, detail }] };
  }
}

/**
 * One sealer over several stores: a key is used where it lies, found by its id. A key that no store declares is asked of
 * the last one; without a last one it is `keyUnknown`. Faults of a store pass through.
 */
export function routeSealer(options: RouteSealerOptions): Sealer {
  return new RouteSealer(options);
}

/**
 * In: the stores. Out: the first key id that two of them claim, with both names, or null. Which of the two keys would seal
 * must not hang on an order that nobody sees, so a start with such a key is refused.
 */
export async function findDoubleKey(
  holders: readonly Pick<KeyHolder, 'name' | 'keyIds'>[],
): Promise<{ readonly keyId: string; readonly stores: readonly [string, string] } | null> {
  const owners = new Map<string, string>();
  for (const { name, keyIds } of holders) {
    for (const keyId of await keyIds()) {
      const owner = owners.get(keyId);
      if (owner !== undefined) return { keyId, stores: [owner, name] };
      owners.set(keyId, name);
    }
  }
  return null;
}
