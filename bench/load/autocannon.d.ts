/** What we use of autocannon 9, which brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  type Request = {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    /** Called just before the instance's event `response` for the same answer. */
    readonly onResponse: (status: number, body: string) => void
  }
  type Settings = {
    readonly url: string
    readonly connections: number
    readonly duration: number
    /** In seconds. */
    readonly timeout: number
    readonly requests: readonly Request[]
  }
  /** Events: `response` (client, status, bytes, ms), `reqError` (error), `done`. */
  export default function autocannon(settings: Settings): EventEmitter & { stop(): void }
}
