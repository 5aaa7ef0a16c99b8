/** From the start of a process to its end: what has begun, what ends it, and how a failed start is told. */
import { MasterKeyError } from './booking/master-key.ts'
import { MigrationError } from './booking/migrate.postgres.ts'
import { StartUpError } from './booking/embedded-postgres.ts'
import { systemClock } from './core/clock.ts'
import type { Log } from './core/log.ts'
import { ApiKeysError } from './http/auth.ts'
import { GatewaySettingsError } from './payments/port.ts'
import { SettingsFileError } from './pricing/settings.ts'
import { ProviderSettingsError } from './providers/port.ts'

/** npm and containers allow ten seconds: eight for requests under way, the rest for what they stand on. */
export const drainMs = 8_000
const endMs = 9_700

/** What has been started, to be ended in the opposite order. */
const started: { readonly name: string; readonly part: unknown; readonly close: () => Promise<void> | void }[] = []

/** `owns`: a part begun before that this one closes from now on. */
export function begun<T>(name: string, part: T, close: (part: T) => Promise<void> | void, owns?: unknown): T {
  const owned = started.findIndex(entry => entry.part === owns)
  if (owned >= 0) started.splice(owned, 1)
  started.push({ name, part, close: () => close(part) })
  return part
}

async function endAll(log: Log): Promise<void> {
  for (const { name, close } of started.splice(0).reverse()) {
    try {
      await close()
    } catch (error) {
      log.error({ part: name, err: error }, 'could not be closed')
    }
  }
}

/** Both have come to an end, good or bad, before the first failure is told: what has begun can then be ended. */
export async function allStarted<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([a, b])
  return Promise.all([a, b])
}

let ending = false

export const isEnding = (): boolean => ending

/** Drains once, however often it is asked to: Ctrl-C arrives twice (from the terminal and from npm). */
export function end(log: Log, reason: Readonly<Record<string, unknown>>, exitCode = 0): void {
  if (ending) return
  ending = true
  log.info(reason, 'draining')
  // what is left by then ends with us: sandbox, database and workers are tied to this process
  systemClock.after(endMs, () => process.exit(exitCode), { unref: true })
  void endAll(log).then(() => process.exit(exitCode))
}

export function endOnSignals(log: Log): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(log, { signal }))
}

/** `tell`: how the one sentence reaches whoever started this process. A signal while starting takes away what the start
 *  stands on, so then there is nothing to tell. */
export async function failToStart(error: unknown, log: Log, tell: (text: string) => void): Promise<void> {
  if (ending) return
  ending = true
  tell(explain(error))
  await endAll(log)
  process.exit(1)
}

/** A mistake of whoever starts it is one sentence; anything else shows where it came from. */
function explain(error: unknown): string {
  const expected = [
    StartUpError,
    MigrationError,
    MasterKeyError,
    ApiKeysError,
    SettingsFileError,
    ProviderSettingsError,
    GatewaySettingsError,
  ]
  if (expected.some(kind => error instanceof kind)) return (error as Error).message
  return (error as Error).stack ?? String(error)
}
