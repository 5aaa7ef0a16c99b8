import type { Clock, EpochMs, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { ProviderCode } from '../core/offer.ts'
import { dayMs } from './days.ts'
import type { Inventory, SeatCount } from './inventory.ts'
import type { Journal } from './journal.ts'
import type { PnrEntry, PnrKey } from './pnr-entries.ts'
import { withoutTravellers } from './travellers.ts'
import type { WorldPnr, WorldTicket } from './world.ts'

export type PnrRecord = {
  readonly provider: ProviderCode
  readonly pnr: WorldPnr
  readonly ticketingFailures: number
  /** Resolves when the last change of it is on disk. */
  readonly settled: Promise<void>
}

type Stored = { -readonly [K in keyof PnrRecord]: PnrRecord[K] } & { seats: readonly SeatCount[] }

type Parts = {
  /** null: nothing outlives the process. */
  readonly journal: Journal<PnrEntry> | null
  readonly inventory: Inventory
  readonly clock: Clock
  readonly log: Log
}

/** PNRs are kept so long after their last flight; without a ticket and cancelled, so long after they were made. */
const keptMs = 60 * dayMs
const keptCancelledMs = 2 * dayMs
/** The form of our tickets and the first serial number behind it: `24` and eight digits. */
const firstSerial = 2_400_000_001
/** Timers of Node end at 24.8 days. */
const timerMaxMs = dayMs
const done = Promise.resolve()

/** All PNRs of all suppliers in memory, every change in the journal before it is acknowledged, and the seats of the live
 *  ones out of the inventory. */
export class PnrStore {
  readonly #parts: Parts
  readonly #records = new Map<string, Stored>()
  readonly #references = new Map<string, Stored[]>()
  #serial = firstSerial
  #timer: Timer | undefined
  /** When the next time limit passes; before that nobody looks for one. */
  #nextLimit: EpochMs = Number.NEGATIVE_INFINITY

  static async open(parts: Parts): Promise<PnrStore> {
    const store = new PnrStore(parts)
    for (const entry of parts.journal?.entries ?? []) store.#replay(entry)
    await store.#compact()
    store.expire()
    return store
  }

  private constructor(parts: Parts) {
    this.#parts = parts
  }

  find(provider: ProviderCode, locator: string): PnrRecord | undefined {
    return this.#records.get(name(provider, locator))
  }

  findByReference(provider: ProviderCode, reference: string): readonly WorldPnr[] {
    return (this.#references.get(name(provider, reference)) ?? []).map(({ pnr }) => pnr)
  }

  list(provider: ProviderCode): readonly WorldPnr[] {
    return [...this.#records.values()].filter(stored => stored.provider === provider).map(({ pnr }) => pnr)
  }

  /** The seats must have been taken. Gives them back and throws when it cannot be written down. */
  async add(provider: ProviderCode, pnr: WorldPnr, seats: readonly SeatCount[]): Promise<void> {
    const stored: Stored = { provider, pnr, ticketingFailures: 0, settled: done, seats }
    this.#keep(stored)
    if (pnr.ticketBy < this.#nextLimit) this.#armFor(pnr.ticketBy)
    try {
      await this.#write(stored, { kind: 'booked', provider, pnr, seats, failures: 0 })
    } catch (error) {
      this.#forget(stored)
      this.#parts.inventory.give(seats)
      throw error
    }
  }

  setTickets(record: PnrRecord, tickets: readonly WorldTicket[]): Promise<void> {
    const stored = this.#own(record)
    stored.pnr = { ...stored.pnr, tickets }
    return this.#write(stored, { kind: 'tickets', ...keyOf(stored), tickets })
  }

  countFailure(record: PnrRecord): Promise<void> {
    const stored = this.#own(record)
    stored.ticketingFailures++
    return this.#write(stored, { kind: 'failure', ...keyOf(stored) })
  }

  /** Gives the seats back, of these travellers or of all. */
  cancel(record: PnrRecord, keys?: readonly string[]): Promise<void> {
    const stored = this.#own(record)
    this.#parts.inventory.give(reduce(stored, keys))
    return this.#write(stored, { kind: 'cancelled', ...keyOf(stored), ...(keys ? { keys } : {}) })
  }

  /** Ten digits each, in a row, never given twice. */
  nextSerials(count: number): readonly string[] {
    return Array.from({ length: count }, () => String(this.#serial++))
  }

  /** Cancels what was not ticketed in time. */
  expire(): void {
    const now = this.#parts.clock.now()
    if (now < this.#nextLimit) return
    let next = Number.POSITIVE_INFINITY
    for (const stored of this.#records.values()) {
      if (!awaitsTicket(stored.pnr)) continue
      if (stored.pnr.ticketBy > now) next = Math.min(next, stored.pnr.ticketBy)
      else
        this.cancel(stored).catch(error => this.#parts.log.error({ error: String(error) }, 'a limit was not written'))
    }
    this.#armFor(next)
  }

  async close(): Promise<void> {
    this.#timer?.cancel()
    await this.#parts.journal?.close()
  }

  #own(record: PnrRecord): Stored {
    const stored = this.#records.get(name(record.provider, record.pnr.locator))
    if (stored !== record) throw new Error('not a record of this store')
    return stored
  }

  #write(stored: Stored, entry: PnrEntry): Promise<void> {
    stored.settled = this.#parts.journal?.append(entry) ?? done
    return stored.settled
  }

  #armFor(at: EpochMs): void {
    this.#nextLimit = at
    this.#timer?.cancel()
    if (at === Number.POSITIVE_INFINITY) return
    const ms = Math.min(timerMaxMs, Math.max(0, at - this.#parts.clock.now()))
    this.#timer = this.#parts.clock.after(ms, () => (ms === timerMaxMs ? this.#armFor(at) : this.expire()), {
      unref: true,
    })
  }

  #keep(stored: Stored): void {
    this.#records.set(name(stored.provider, stored.pnr.locator), stored)
    if (stored.pnr.reference === null) return
    const key = name(stored.provider, stored.pnr.reference)
    const others = this.#references.get(key)
    if (others) others.push(stored)
    else this.#references.set(key, [stored])
  }

  #forget(stored: Stored): void {
    this.#records.delete(name(stored.provider, stored.pnr.locator))
    if (stored.pnr.reference === null) return
    const key = name(stored.provider, stored.pnr.reference)
    const others = (this.#references.get(key) ?? []).filter(other => other !== stored)
    if (others.length > 0) this.#references.set(key, others)
    else this.#references.delete(key)
  }

  #replay(entry: PnrEntry): void {
    if (entry.kind === 'serial') {
      this.#serial = Math.max(this.#serial, entry.next)
      return
    }
    if (entry.kind === 'booked') {
      const { provider, pnr, seats, failures } = entry
      this.#keep({ provider, pnr, ticketingFailures: failures, settled: done, seats })
      this.#noteSerials(pnr.tickets)
      return
    }
    const stored = this.#records.get(name(entry.provider, entry.locator))
    if (!stored) return
    switch (entry.kind) {
      case 'tickets':
        stored.pnr = { ...stored.pnr, tickets: entry.tickets }
        this.#noteSerials(entry.tickets)
        break
      case 'failure':
        stored.ticketingFailures++
        break
      case 'cancelled':
        reduce(stored, entry.keys)
    }
  }

  #noteSerials(tickets: readonly WorldTicket[]): void {
    for (const ticket of tickets) this.#serial = Math.max(this.#serial, Number(ticket.number.slice(3)) + 1)
  }

  /** Forgets what is long over, takes the seats of what is live, and leaves one entry a PNR in the journal. */
  async #compact(): Promise<void> {
    const now = this.#parts.clock.now()
    for (const stored of [...this.#records.values()]) if (isOver(stored.pnr, now)) this.#forget(stored)
    const entries: PnrEntry[] = [{ kind: 'serial', next: this.#serial }]
    for (const { provider, pnr, seats, ticketingFailures } of this.#records.values()) {
      if (pnr.status === 'live') this.#parts.inventory.restore(seats)
      entries.push({ kind: 'booked', provider, pnr, seats, failures: ticketingFailures })
    }
    await this.#parts.journal?.rewrite(entries)
  }
}

function name(provider: ProviderCode, word: string): string {
  return `${provider} ${word}`
}

/** The seats that it had for them. */
function reduce(stored: Stored, keys?: readonly string[]): readonly SeatCount[] {
  const { pnr, kept, free } = withoutTravellers(stored.pnr, stored.seats, keys)
  stored.pnr = pnr
  stored.seats = kept
  return free
}

function keyOf({ provider, pnr }: Stored): PnrKey {
  return { provider, locator: pnr.locator }
}

function awaitsTicket(pnr: WorldPnr): boolean {
  return pnr.status === 'live' && pnr.tickets.length === 0
}

function isOver(pnr: WorldPnr, now: EpochMs): boolean {
  if (pnr.status === 'cancelled' && pnr.tickets.length === 0) return pnr.createdAt + keptCancelledMs < now
  const last = pnr.offer.slices.at(-1)?.segments.at(-1)
  return last !== undefined && last.arrivalMs + keptMs < now
}
