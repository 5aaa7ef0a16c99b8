import { setTimeout as pause } from 'node:timers/promises'
import { type Difference, type OpenWork, audit } from './audit.ts'
import { type Caller, makeCaller } from './caller.ts'
import { type Facts, gatherFacts, readPending } from './facts.ts'
import { type Kill, planKills, planTraveller, type Victim } from './plan.ts'
import { note, type Traveller, travel } from './traveller.ts'
import { openStage, type Stage } from './stage.ts'

export type TortureOptions = {
  readonly seed: string
  readonly loadMs: number
  /** For what is pending after the load. */
  readonly settleMs: number
  /** Travellers under way at once. */
  readonly concurrency: number
  readonly suppliers: readonly string[]
  readonly onProgress?: (progress: Progress) => void
}

export type Progress = {
  readonly phase: 'starting' | 'load' | 'settling' | 'audit'
  readonly elapsedMs: number
  readonly begun: number
  readonly done: number
  readonly kills: Readonly<Record<Victim, number>>
  readonly statuses: Readonly<Record<string, number>>
  readonly pending: Readonly<Record<string, number>>
}

export type TortureResult = {
  readonly facts: Facts
  readonly travellers: readonly Traveller[]
  readonly kills: Readonly<Record<Victim, number>>
  readonly requests: Caller['counts']
  readonly settledMs: number
  readonly differences: readonly (Difference & { readonly timeline: readonly string[] })[]
  readonly work: readonly OpenWork[]
}

const turnMs = 250
const timelinesMax = 20

/** The whole of it. Everything that was started is gone when it resolves or throws. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const stage = await openStage(options)
  process.once('exit', stage.abandon)
  try {
    return await new Run(options, stage).play()
  } finally {
    process.off('exit', stage.abandon)
    await stage.close()
  }
}

class Run {
  private readonly travellers: Traveller[] = []
  private readonly underWay = new Set<Promise<unknown>>()
  private readonly kills = { worker: 0, service: 0, postgres: 0, redis: 0 }
  private begun = 0
  private busy = 0
  private pending: Readonly<Record<string, number>> = {}
  private phase: Progress['phase'] = 'load'
  private readonly startedAt = performance.now()
  private readonly until: number
  private readonly caller: Caller
  private readonly options: TortureOptions
  private readonly stage: Stage

  constructor(options: TortureOptions, stage: Stage) {
    this.options = options
    this.stage = stage
    this.until = this.startedAt + options.loadMs + options.settleMs
    this.caller = makeCaller(stage.baseUrl)
  }

  async play(): Promise<TortureResult> {
    const ticker = setInterval(() => this.tell(), 1_000)
    try {
      await Promise.all([this.load(), this.strike(planKills(this.options.seed, this.options.loadMs))])
      const loadedAt = performance.now()
      this.phase = 'settling'
      await this.settle()
      await this.replay()
      await this.settle()
      const settledMs = performance.now() - loadedAt
      this.phase = 'audit'
      return { ...(await this.judge()), settledMs }
    } finally {
      clearInterval(ticker)
      await this.caller.close()
    }
  }

  private async load(): Promise<void> {
    const { loadMs, concurrency } = this.options
    while (performance.now() - this.startedAt < loadMs) {
      while (this.busy < concurrency) this.begin()
      await pause(20)
    }
  }

  private begin(): void {
    const { seed, suppliers } = this.options
    let hasRoom = false
    this.busy++
    const makeRoom = (): void => {
      if (hasRoom) return
      hasRoom = true
      this.busy--
    }
    const around = { caller: this.caller, seed, until: () => this.until, makeRoom }
    const visit = travel(planTraveller(seed, this.begun++, suppliers), around).then(traveller => {
      this.travellers.push(traveller)
    })
    const tracked = visit.finally(() => {
      makeRoom()
      this.underWay.delete(tracked)
    })
    this.underWay.add(tracked)
  }

  private async strike(kills: readonly Kill[]): Promise<void> {
    for (const [i, { victim, atMs }] of kills.entries()) {
      await pause(Math.max(0, atMs - (performance.now() - this.startedAt)))
      await this.kill(victim, i)
    }
  }

  private async kill(victim: Victim, n: number): Promise<void> {
    const { service, database, redis } = this.stage
    switch (victim) {
      case 'worker':
        // none may be up just then
        while (!service.killWorker(n)) await pause(turnMs)
        break
      case 'service':
        await service.killAll()
        await service.start()
        break
      case 'postgres':
        await database.kill()
        await pause(200 + 300 * (n % 5))
        await database.start()
        break
      case 'redis':
        await redis.kill()
        await pause(500 + 900 * (n % 5))
        await redis.start()
    }
    this.kills[victim]++
  }

  private async settle(): Promise<void> {
    const isOver = (): boolean => performance.now() >= this.until
    do {
      await pause(turnMs)
      this.pending = await readPending(this.stage.places.databaseUrl)
    } while (!isOver() && (this.underWay.size > 0 || Object.keys(this.pending).length > 0))
    // whoever waits still gives up now
    await Promise.all([...this.underWay])
  }

  /** Every key once more: what it was answered, or what came of it since. */
  private async replay(): Promise<void> {
    const chunk = 16
    for (let i = 0; i < this.travellers.length; i += chunk)
      await Promise.all(this.travellers.slice(i, i + chunk).map(traveller => this.replayOne(traveller)))
  }

  private async replayOne(traveller: Traveller): Promise<void> {
    const requests = new Map(traveller.answers.map(({ request }) => [request.key, request]))
    for (const request of requests.values()) {
      const heard = await this.caller.send(request, performance.now() + 30_000)
      if (!heard) traveller.trouble.push(`${request.key}: no answer when all was quiet`)
      else note({ ...traveller, status: null }, request, heard)
    }
  }

  private async judge(): Promise<Omit<TortureResult, 'settledMs'>> {
    const facts = await gatherFacts(this.stage.places)
    const { differences, work } = audit(facts, this.travellers, this.stage.receiver)
    const ours = this.stage.service.internalErrors().map(line => ({ bookingId: null, what: `answered 500: ${line}` }))
    const all = [...differences, ...ours]
    const named = [...new Set(all.flatMap(({ bookingId }) => bookingId ?? []))].slice(0, timelinesMax)
    const timelines = new Map<string, readonly string[]>()
    for (const id of named) timelines.set(id, await this.timelineOf(id))
    return {
      facts,
      travellers: this.travellers,
      kills: this.kills,
      requests: this.caller.counts,
      differences: all.map(one => ({ ...one, timeline: timelines.get(one.bookingId ?? '') ?? [] })),
      work,
    }
  }

  private async timelineOf(id: string): Promise<readonly string[]> {
    const heard = await this.caller.once({ method: 'GET', path: `/v1/bookings/${id}/events` })
    const events: readonly Record<string, string>[] = heard?.body?.events ?? []
    return events.map(({ sequence, at, actor, status, text }) => `${sequence} ${at} ${actor} [${status}] ${text}`)
  }

  private tell(): void {
    const statuses: Record<string, number> = {}
    for (const { end } of this.travellers) statuses[end] = (statuses[end] ?? 0) + 1
    this.options.onProgress?.({
      phase: this.phase,
      elapsedMs: performance.now() - this.startedAt,
      begun: this.begun,
      done: this.travellers.length,
      kills: this.kills,
      statuses,
      pending: this.pending,
    })
  }
}
