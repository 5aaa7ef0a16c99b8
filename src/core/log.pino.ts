import pino from 'pino'
import type { Log } from './log.ts'

/** JSON lines on standard output. Redaction is the second line of defence: callers log ids only. */
export function pinoLog(level: string): Log {
  const logger = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    redact: {
      paths: [
        '*.givenNames',
        '*.surname',
        '*.email',
        '*.phone',
        '*.birthDate',
        '*.number',
        '*.authorization',
        '*.methodToken',
        '*.clientSecret',
        '*.password',
      ],
      censor: '[redacted]',
    },
  })
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}
