import type { Clock, EpochMs } from '../../core/clock.ts'
import type { Fault } from '../../core/fault.ts'
import type { Token } from './wire/token.ts'

export type TokenOutcome =
  | { readonly kind: 'token'; readonly accessToken: string }
  | { readonly kind: 'failed'; readonly fault: Fault }

export type FetchedToken =
  | { readonly kind: 'fetched'; readonly token: Token }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** Renewed this long before it expires, or a tenth of its life where that is shorter. */
const marginMsMax = 60_000

/** One access token for all calls, fetched once however many wait for it. What one caller does about its deadline is
 *  its own affair: the fetch goes on for the others. */
export class TokenSource {
  private readonly clock: Clock
  private readonly fetch: () => Promise<FetchedToken>
  private current: { readonly accessToken: string; readonly renewAt: EpochMs } | undefined
  private pending: Promise<TokenOutcome> | undefined

  constructor(clock: Clock, fetch: () => Promise<FetchedToken>) {
    this.clock = clock
    this.fetch = fetch
  }

  /** Rejects only with the signal's reason. */
  async get(signal: AbortSignal): Promise<TokenOutcome> {
    const current = this.current
    if (current && this.clock.now() < current.renewAt) return { kind: 'token', accessToken: current.accessToken }
    this.pending ??= this.renew()
    return orAborted(this.pending, signal)
  }

  /** The supplier refused this one: it is not used again, a newer one stays. */
  discard(accessToken: string): void {
    if (this.current?.accessToken === accessToken) this.current = undefined
  }

  private async renew(): Promise<TokenOutcome> {
    try {
      const fetched = await this.fetch()
      if (fetched.kind === 'failed') return fetched
      const { accessToken, expiresInSeconds } = fetched.token
      const lifeMs = expiresInSeconds * 1000
      this.current = { accessToken, renewAt: this.clock.now() + lifeMs - Math.min(marginMsMax, lifeMs / 10) }
      return { kind: 'token', accessToken }
    } finally {
      this.pending = undefined
    }
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
