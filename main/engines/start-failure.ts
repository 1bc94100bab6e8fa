/**
 * A start that cannot go on, in words for the person at the terminal: Chinese first, then English. The message
 * is shown as it is, without a stack trace.
 */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';

  /** In: the sentence in Chinese and in English, and the underlying fault for the log. */
  constructor(chinese: string, english: string, cause?: unknown) {
    super(`${chinese}\n${english}`, { cause });
  }
}
