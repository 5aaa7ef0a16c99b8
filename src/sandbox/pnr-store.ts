import type { Clock, EpochMs, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { ProviderCode } from '../core/offer.ts'
import { dayMs } from './days.ts'
import type { Inventory, SeatCount } from './inventory.ts'
import type { Journal } from './journal.ts'
import type { WorldPnr, WorldTicket } from './world.ts'

/** All PNRs of all suppliers in memory, every change in the journal before it is acknowledged, and the seats of the live
 *  ones out of the inventory. */
export interface PnrStore {
  find(provider: ProviderCode, locator: string): PnrRecord | undefined
  findByReference(provider: ProviderCode, reference: string): readonly WorldPnr[]
  list(provider: ProviderCode): readonly WorldPnr[]
  /** The seats must have been taken. Gives them back and throws when it cannot be written down. */
  add(provider: ProviderCode, pnr: WorldPnr, seats: readonly SeatCount[]): Promise<void>
  setTickets(record: PnrRecord, tickets: readonly WorldTicket[]): Promise<void>
  countFailure(record: PnrRecord): Promise<void>
  /** Gives the seats back. */
  cancel(record: PnrRecord): Promise<void>
  /** Ten digits, never given twice; `count` of them in a row. */
  nextSerials(count: number): readonly string[]
  /** Cancels what was not ticketed in time. */
  expire(): void
  close(): Promise<void>
}

export type PnrRecord = {
  readonly provider: ProviderCode
  readonly pnr: WorldPnr
  readonly ticketingFailures: number
  /** The last change of it is on disk. */
  readonly settled: Promise<void>
}

export type PnrEntry =
  | {
      readonly kind: 'booked'
      readonly provider: ProviderCode
      readonly pnr: WorldPnr
      readonly seats: readonly SeatCount[]
      readonly failures: number
    }
  | {
      readonly kind: 'tickets'
      readonly provider: ProviderCode
      readonly locator: string
      readonly tickets: readonly WorldTicket[]
    }
  | { readonly kind: 'failure'; readonly provider: ProviderCode; readonly locator: string }
  | { readonly kind: 'cancelled'; readonly provider: ProviderCode; readonly locator: string }
  | { readonly kind: 'serial'; readonly next: number }

type Stored = {
  readonly provider: ProviderCode
  readonly seats: readonly SeatCount[]
  pnr: WorldPnr
  ticketingFailures: number
  settled: Promise<void>
}

type Parts = {
  readonly journal: Journal<PnrEntry> | null
  readonly inventory: Inventory
  readonly clock: Clock
  readonly log: Log
}

/** PNRs are kept so long after their last flight. */
const keptMs = 60 * dayMs
/** The form of our tickets and the first serial number behind it: `24` and eight digits. */
const firstSerial = 2_400_000_001
/** Timers of Node end at 24.8 days. */
const timerMaxMs = dayMs

export async function openPnrStore({ journal, inventory, clock, log }: Parts): Promise<PnrStore> {
  const records = new Map<string, Stored>()
  const references = new Map<string, Stored[]>()
  let serial = firstSerial
  let timer: Timer | undefined
  let timerAt = Number.POSITIVE_INFINITY

  const settledNow = Promise.resolve()

  function key(provider: ProviderCode, locator: string): string {
    return `${provider} ${locator}`
  }

  function keep(stored: Stored): void {
    records.set(key(stored.provider, stored.pnr.locator), stored)
    if (stored.pnr.reference === null) return
    const name = key(stored.provider, stored.pnr.reference)
    references.set(name, [...(references.get(name) ?? []), stored])
  }

  function forget(stored: Stored): void {
    records.delete(key(stored.provider, stored.pnr.locator))
    if (stored.pnr.reference === null) return
    const name = key(stored.provider, stored.pnr.reference)
    references.set(
      name,
      (references.get(name) ?? []).filter(other => other !== stored),
    )
  }

  function replay(entry: PnrEntry): void {
    if (entry.kind === 'serial') {
      serial = Math.max(serial, entry.next)
      return
    }
    if (entry.kind === 'booked') {
      const { provider, pnr, seats, failures } = entry
      keep({ provider, seats, pnr, ticketingFailures: failures, settled: settledNow })
      noteSerials(pnr.tickets)
      return
    }
    const stored = records.get(key(entry.provider, entry.locator))
    if (!stored) return
    if (entry.kind === 'tickets') {
      stored.pnr = { ...stored.pnr, tickets: entry.tickets }
      noteSerials(entry.tickets)
    } else if (entry.kind === 'failure') stored.ticketingFailures++
    else stored.pnr = { ...stored.pnr, status: 'cancelled' }
  }

  function noteSerials(tickets: readonly WorldTicket[]): void {
    for (const ticket of tickets) serial = Math.max(serial, Number(ticket.number.slice(3)) + 1)
  }

  function write(stored: Stored, entry: PnrEntry): Promise<void> {
    stored.settled = journal ? journal.append(entry) : settledNow
    return stored.settled
  }

  function release(stored: Stored): Promise<void> {
    stored.pnr = { ...stored.pnr, status: 'cancelled' }
    inventory.give(stored.seats)
    return write(stored, { kind: 'cancelled', provider: stored.provider, locator: stored.pnr.locator })
  }

  function isOverdue({ pnr }: Stored, now: EpochMs): boolean {
    return pnr.status === 'live' && pnr.tickets.length === 0 && pnr.ticketBy <= now
  }

  function expire(): void {
    const now = clock.now()
    if (now < timerAt) return
    for (const stored of records.values()) {
      if (!isOverdue(stored, now)) continue
      release(stored).catch((error: unknown) => log.error({ error: String(error) }, 'a time limit was not written'))
    }
    timerAt = Number.POSITIVE_INFINITY
    for (const { pnr } of records.values())
      if (pnr.status === 'live' && pnr.tickets.length === 0) timerAt = Math.min(timerAt, pnr.ticketBy)
    arm()
  }

  function arm(): void {
    timer?.cancel()
    if (timerAt === Number.POSITIVE_INFINITY) return
    const ms = Math.min(timerMaxMs, Math.max(0, timerAt - clock.now()))
    timer = clock.after(ms, expire, { unref: true })
  }

  for (const entry of journal?.entries ?? []) replay(entry)
  for (const stored of [...records.values()]) if (isPast(stored.pnr, clock.now())) forget(stored)
  for (const stored of records.values()) if (stored.pnr.status === 'live') inventory.restore(stored.seats)
  await journal?.rewrite([
    { kind: 'serial', next: serial },
    ...[...records.values()].map(
      ({ provider, pnr, seats, ticketingFailures }): PnrEntry => ({
        kind: 'booked',
        provider,
        pnr,
        seats,
        failures: ticketingFailures,
      }),
    ),
  ])
  timerAt = Number.NEGATIVE_INFINITY
  expire()

  return {
    find: (provider, locator) => records.get(key(provider, locator)),
    findByReference: (provider, reference) => (references.get(key(provider, reference)) ?? []).map(({ pnr }) => pnr),
    list: provider => [...records.values()].filter(stored => stored.provider === provider).map(({ pnr }) => pnr),
    async add(provider, pnr, seats) {
      const stored: Stored = { provider, seats, pnr, ticketingFailures: 0, settled: settledNow }
      keep(stored)
      if (pnr.ticketBy < timerAt) {
        timerAt = pnr.ticketBy
        arm()
      }
      try {
        await write(stored, { kind: 'booked', provider, pnr, seats, failures: 0 })
      } catch (error) {
        forget(stored)
        inventory.give(seats)
        throw error
      }
    },
    setTickets(record, tickets) {
      const stored = record as Stored
      stored.pnr = { ...stored.pnr, tickets }
      return write(stored, { kind: 'tickets', provider: stored.provider, locator: stored.pnr.locator, tickets })
    },
    countFailure(record) {
      const stored = record as Stored
      stored.ticketingFailures++
      return write(stored, { kind: 'failure', provider: stored.provider, locator: stored.pnr.locator })
    },
    cancel: record => release(record as Stored),
    nextSerials: count => Array.from({ length: count }, () => String(serial++)),
    expire,
    async close() {
      timer?.cancel()
      await journal?.close()
    },
  }
}

function isPast(pnr: WorldPnr, now: EpochMs): boolean {
  const last = pnr.offer.slices.at(-1)?.segments.at(-1)
  return last !== undefined && last.arrivalMs + keptMs < now
}
