/** Which process asks the suppliers one question, among those that share a store. Short and renewed, so that the others
 *  go on soon after its holder died. Methods throw StoreUnavailable where the store cannot say: then each asks for itself. */
export interface SearchLeases {
  /** Undefined: another process holds it. `key`: the question's (query-key.ts). */
  acquire(key: string, ttlMs: number): Promise<SearchLease | undefined>
  /** Resolves as soon as nobody holds it, released or run out, at the latest after `ms` or when the signal is aborted:
   *  told by publish/subscribe, or looked for every 50 ms at most. */
  waitUntilFree(key: string, ms: number, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface SearchLease {
  /** false: it has run out and somebody else may hold it. */
  renew(ttlMs: number): Promise<boolean>
  /** Only its own: what another process took since then stays. */
  release(): Promise<void>
}

/** One process alone: live-searches.ts has one search a question already. */
export const noLeases: SearchLeases = {
  acquire: async () => ({ renew: async () => true, release: async () => {} }),
  waitUntilFree: async () => {},
  close: async () => {},
}
