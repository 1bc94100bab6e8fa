import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartFailure } from './start-failure';

export type Account = { readonly uid: number; readonly gid: number };

const NAME = 'postgres';

/**
 * PostgreSQL refuses to run as root. Out: undefined when this process is not root (PostgreSQL then runs as the
 * same user), else the ids of the account `postgres`, which is created if it is missing. Throws StartFailure
 * when that is impossible.
 */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = accountFromPasswd();
  if (known !== undefined) return known;
  createAccount();
  const created = accountFromPasswd();
  if (created !== undefined) return created;
  throw new StartFailure(
    '以 root 运行时 PostgreSQL 需要系统用户 postgres,但创建不成功。请先执行 useradd --system postgres,或改用普通用户启动。',
    'PostgreSQL refuses to run as root and the system user "postgres" could not be created.',
  );
}

function accountFromPasswd(): Account | undefined {
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((parts) => parts[0] === NAME);
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  return fields !== undefined && uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

function createAccount(): void {
  const attempts: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]],
    ['adduser', ['-S', '-D', '-H', NAME]],
  ];
  for (const [command, args] of attempts) {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
      return;
    } catch {
      // Debian has useradd, Alpine's busybox adduser; the caller looks whether one of them worked.
    }
  }
}

/**
 * In: a folder (it need not exist yet) and an account, undefined for this process's own. Out: the first existing
 * folder on the way that the account may not pass through, or undefined when the way is open. Looks at the
 * permission bits of owner, group and others.
 */
export function firstClosedFolder(folder: string, account: Account | undefined): string | undefined {
  if (account === undefined) return undefined;
  const closed: string[] = [];
  for (let place = deepestExisting(resolve(folder)); ; place = dirname(place)) {
    if (!mayPass(place, account)) closed.unshift(place);
    if (place === dirname(place)) return closed[0];
  }
}

function deepestExisting(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return deepestExisting(dirname(folder));
  }
}

function mayPass(folder: string, account: Account): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
