import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

/** Names under which a secret or personal value could be logged by mistake; nothing is meant to log them. */
const REDACTED = [
  'password',
  'otp',
  'secret',
  'token',
  'csrfToken',
  'authorization',
  'cookie',
  'signature',
  'face',
  'holders',
  'body',
  'verificationCode',
  'q',
];

/**
 * The log of a process: one JSON object a line, times in RFC 3339 UTC. Redaction is the second line of defence:
 * the first is that requests are logged by route template and never by content.
 */
export function createLogger(level: string, name: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    name,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
