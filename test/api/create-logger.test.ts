import { createLogger } from '../../api/create-logger';

describe('the log', () => {
  it('hides what is named like a secret or a personal value, down to two levels, and keeps the cause of errors', () => {
    const lines: string[] = [];
    const log = createLogger('info', 'test', { write: (line: string) => void lines.push(line) });
    const secrets = { password: 'geheim-1', face: { 姓名: 'geheim-2' }, token: 'geheim-3' };
    log.info({ ...secrets, request: { ...secrets, inner: secrets } }, 'x');
    expect(lines[0]).not.toContain('geheim');
    log.error({ err: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }, 'y');
    expect(lines[1]).toContain('ECONNREFUSED');
  });
});
