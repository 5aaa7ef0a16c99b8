import pino from 'pino'
import { systemClock } from './clock.ts'
import { type LogLines, openLogLines } from './log-lines.ts'
import type { Log } from './log.ts'

/** JSON lines on standard output. Redaction is the second line of defence: callers log ids only. `base`: in every line. */
export function pinoLog(level: string, base: Readonly<Record<string, unknown>> | null = null): Log {
  const options: pino.LoggerOptions = {
    level,
    base,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: shownError },
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
  }
  const redacting = pino(options, standardOutput())
  const { redact: _, ...rest } = options
  const plain = pino(rest, standardOutput())
  const fitting = (fields: object): pino.Logger => (isFlat(fields) ? plain : redacting)
  return {
    debug: (fields, message) => fitting(fields).debug(fields, message),
    info: (fields, message) => fitting(fields).info(fields, message),
    warn: (fields, message) => fitting(fields).warn(fields, message),
    error: (fields, message) => fitting(fields).error(fields, message),
  }
}

/** Every path that is redacted lies a level down. To find that there is none costs 29 kB a line. */
function isFlat(fields: object): boolean {
  for (const value of Object.values(fields)) if (typeof value === 'object' && value !== null) return false
  return true
}

let output: LogLines | undefined

/** One for all logs of the process. */
function standardOutput(): LogLines {
  if (!output) {
    // process.stdout is undefined in a worker thread; asking for its descriptor makes a pipe one that does not block
    output = openLogLines(process.stdout.fd ?? 1, systemClock)
    process.on('exit', output.flush)
  }
  return output
}

const causesMax = 3

/** What helps to find the place. Errors of clients carry whole requests, addresses with passwords and rows with them. */
function shownError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const { code } = error as NodeJS.ErrnoException
  const inner = cause === undefined || depth >= causesMax ? {} : { cause: shownError(cause, depth + 1) }
  return { type: name, message, ...(code === undefined ? {} : { code }), stack, ...inner }
}
