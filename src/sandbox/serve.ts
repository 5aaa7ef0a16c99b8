import type { Effect, RunningSimulator, SimulatorOptions } from './world.ts'

/** What a simulator must do to be served: its own format only. Transport effects of magic routes (silent, slow,
 *  server-error, rate-limited, html, cut-off, answer-lost) and `GET /_sandbox/orders` are added here, the same for all. */
export type SimulatorProtocol = {
  readonly code: string
  readonly settings: (baseUrl: string) => Readonly<Record<string, string>>
  handle(request: SimulatorRequest): Promise<SimulatorReply> | SimulatorReply
  /** Bodies in the supplier's own words. */
  serverError(): SimulatorReply
  rateLimited(resetSeconds: number): SimulatorReply
}

export type SimulatorRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

export type SimulatorReply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** The effect in force on the route that the request was about (view.effect of its first slice), and at what moment:
   *  shop suffers silent, slow, server-error, rate-limited, html and cut-off; book suffers answer-lost. */
  readonly effect?: { readonly name: Effect | null; readonly moment: 'shop' | 'price' | 'book' | 'ticket' | 'other' }
}

/** Listens on options.host and options.port and answers with the protocol. */
export function serveSimulator(_options: SimulatorOptions, _protocol: SimulatorProtocol): Promise<RunningSimulator> {
  throw new Error('being written by the owner of sandbox/')
}
