const MIN_LENGTH = 10;
const MAX_LENGTH = 128;
const KINDS = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];
const NEEDED_KINDS = 3;

/**
 * In: a password as typed and the user name. Out: null when it may be used, else the Chinese sentence what is expected:
 * length and three kinds of characters (GB/T 22239-2019 asks for complexity), and not the user name.
 */
export function passwordProblem(password: string, username: string): string | null {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  if (length < MIN_LENGTH || length > MAX_LENGTH) return `应为 ${MIN_LENGTH} 至 ${MAX_LENGTH} 个字符`;
  if (KINDS.filter((kind) => kind.test(text)).length < NEEDED_KINDS) {
    return '应含大写字母、小写字母、数字、其他字符中的至少三种';
  }
  return text.toLowerCase().includes(username.toLowerCase()) ? '不得包含用户名' : null;
}
