import type { Clock, EpochMs, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { LiveSearch } from './live-search.ts'
import type { NetSet } from './net-set.ts'
import { type OfferStore, StoreUnavailable } from './offer-store.ts'
import type { SearchLease, SearchLeases } from './search-lease.ts'

/** One question among several processes: one holds a short lease and asks, the others look for what it finds. A set that a
 *  supplier is missing from is for those only who waited for it: it lies under a key of its own for a moment. */
export interface SharedNets {
  /** What was found by us, for the others; undefined: nothing of ours. */
  end(net: NetSet | undefined): Promise<void>
}

export type SharedSearchParts = {
  readonly clock: Clock
  readonly log: Log
  readonly store: OfferStore
  readonly leases: SearchLeases
}

type Sharing = { readonly key: string; readonly anew: boolean; readonly after: EpochMs }

/** After its holder's death the others go on that much later. */
const leaseMs = 2_000
/** Between two renewals, at which what has come since is put where others see it: only searches that last are. */
const renewMs = 500
const firstRenewMs = 250
const endedMs = 3_000
/** What the others have so far is fetched from that long before somebody must be answered, some MB that a busy process takes
 *  its time for; where somebody need not wait for all, all the time. */
const marginMs = 600
const lookMsMax = 1_000
const lookMsMin = 100
const hurriedLookMs = 250

export function shareSearch(live: LiveSearch, sharing: Sharing, parts: SharedSearchParts): SharedNets {
  const { key } = sharing
  const { clock, store, log } = parts
  let lease: SearchLease | undefined
  let timer: Timer | undefined

  const free = async (): Promise<void> => {
    timer?.cancel()
    const held = lease
    lease = undefined
    await held?.release().catch(ignoreAway)
  }
  const hold = (): void => {
    let published = 0
    const renew = async (): Promise<void> => {
      timer = clock.after(renewMs, () => void renew())
      if (live.waitingFor.length !== published && live.soFar()?.offers.length) {
        published = live.waitingFor.length
        await store.saveNet(soFarKey(key), { ...live.now(), reusableUntil: live.endsAt })
      }
      await lease?.renew(leaseMs).catch(ignoreAway)
    }
    timer = clock.after(firstRenewMs, () => void renew())
  }
  const run = async (): Promise<void> => {
    const turn = await takeTurn(live, sharing, parts)
    if (turn.kind === 'found') {
      if (!live.ended) live.endWith(turn.net)
      return
    }
    lease = turn.lease
    if (live.ended) return free()
    if (lease) hold()
    live.start()
  }

  run().catch(error => {
    log.error({ err: error }, 'a search could not be shared')
    if (!live.ended) live.start()
  })
  return {
    async end(net) {
      timer?.cancel()
      if (lease && net && (net.status !== 'complete' || net.freshUntil <= clock.now()))
        await store.saveNet(endedKey(key), { ...net, reusableUntil: clock.now() + endedMs })
      await free()
    },
  }
}

type Turn =
  | { readonly kind: 'found'; readonly net: NetSet }
  /** Ours to ask, without a lease where the store cannot say. */
  | { readonly kind: 'ours'; readonly lease: SearchLease | undefined }

/** A store that stutters while another is known to ask is asked again so often. */
const failuresMax = 3

async function takeTurn(live: LiveSearch, sharing: Sharing, parts: SharedSearchParts): Promise<Turn> {
  let isHeld = false
  for (let failures = 0; !live.ended && failures < failuresMax; ) {
    try {
      const turn = await look(live, sharing, isHeld, parts)
      if (turn) return turn
      isHeld = true
      await waitAWhile(live, sharing.key, parts)
      failures = 0
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      failures += isHeld ? 1 : failuresMax
    }
  }
  return { kind: 'ours', lease: undefined }
}

/** Undefined: another process asks. */
async function look(
  live: LiveSearch,
  { key, anew, after }: Sharing,
  isHeld: boolean,
  { leases, store, clock }: SharedSearchParts,
): Promise<Turn | undefined> {
  const lease = await leases.acquire(key, leaseMs)
  if (anew || live.ended) return { kind: 'ours', lease }
  const net = (await findNews(store, key, after, clock)) ?? (isHeld ? await store.findNet(endedKey(key)) : undefined)
  if (!net) return lease && { kind: 'ours', lease }
  await lease?.release().catch(ignoreAway)
  return { kind: 'found', net }
}

async function findNews(store: OfferStore, key: string, after: EpochMs, clock: Clock): Promise<NetSet | undefined> {
  const net = await store.findNet(key, after)
  return net && net.freshUntil > clock.now() ? net : undefined
}

/** Until the lease is free, or somebody here must soon be answered with what the other has so far. */
async function waitAWhile(live: LiveSearch, key: string, { leases, store, clock }: SharedSearchParts): Promise<void> {
  const leftMs = live.nextDueAt - clock.now() - marginMs
  const lookMs = live.isHurried ? hurriedLookMs : lookMsMax
  await leases.waitUntilFree(key, Math.min(lookMs, Math.max(lookMsMin, leftMs)), live.signal)
  if (live.ended || (!live.isHurried && live.nextDueAt - clock.now() > marginMs)) return
  const soFar = await store.findNet(soFarKey(key), live.foreignAt)
  if (soFar) live.keepForeign(soFar)
}

const soFarKey = (key: string): string => `${key}:so-far`
const endedKey = (key: string): string => `${key}:ended`

/** Without the store everybody asks for itself; the lease runs out. */
function ignoreAway(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error
}
