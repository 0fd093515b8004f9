/** The log: pino on stderr, so that stdout stays for answers. Nothing secret is ever handed to it. */
import { pino, type Logger } from 'pino';
import type { Settings } from './settings.js';

export type Log = Logger;

export async function createLog(settings: Pick<Settings, 'LOG_LEVEL' | 'LOG_FORMAT'>): Promise<Log> {
  const format = settings.LOG_FORMAT ?? (process.stderr.isTTY ? 'pretty' : 'json');
  const stream =
    format === 'pretty'
      ? (await import('pino-pretty')).default({
          destination: 2,
          sync: true,
          translateTime: 'SYS:HH:MM:ss',
          ignore: 'pid,hostname',
        })
      : pino.destination({ dest: 2, sync: true });
  // belts beside the braces: what might carry a secret is cut out wherever it stands
  const redact = {
    paths: [
      'password',
      'token',
      '*.password',
      '*.token',
      'secret',
      '*.secret',
      'authCode',
      '*.authCode',
      '["auth-code"]',
      '*["auth-code"]',
      'err.config',
      'authorization',
      '*.authorization',
    ],
    censor: '[secret]',
  };
  return pino({ level: settings.LOG_LEVEL, redact }, stream);
}
