import { Redis } from 'ioredis'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Shopping } from '../../src/shopping/port.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { startTunnel } from '../support/tunnel.ts'
import { flightsAhead, openProcess, requestAhead as request } from './support/processes.ts'
import { type AnyJson, contextOf, jsonOf } from './support/shopping.ts'
import { type Answer, type FakeSupplier, failing, fakeSupplier, found, silent } from './support/suppliers.ts'

/** One question asked of several processes at once. */
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const context = contextOf()
const flights = flightsAhead(30)

/** Answers when the test says so. */
function held(offers = flights) {
  let release: () => void = () => {}
  const gate = new Promise<void>(resolve => {
    release = resolve
  })
  const answer: Answer = async () => {
    await gate
    return found(offers)
  }
  return { answer, release }
}

/** `n` processes with suppliers of the same codes, each its own so that calls can be told apart. */
async function openProcesses(suppliers: () => readonly FakeSupplier[], urls: readonly (string | undefined)[]) {
  const prefix = `${uniqueName()}:`
  const processes: { readonly shopping: Shopping; readonly suppliers: readonly FakeSupplier[] }[] = []
  for (const url of urls) {
    const own = suppliers()
    const shopping = await openProcess({ prefix, suppliers: own, ...(url ? { url } : {}) })
    closers.push(shopping.close)
    processes.push({ shopping, suppliers: own })
  }
  const asked = (): number[] => processes.map(each => each.suppliers.reduce((sum, { asked }) => sum + asked.length, 0))
  return { prefix, processes, asked }
}

async function untilLeased(prefix: string): Promise<void> {
  const probe = new Redis(redisUrl())
  closers.push(async () => probe.disconnect())
  await vi.waitFor(async () => expect(await probe.keys(`${prefix}*lease*`)).toHaveLength(1), { interval: 5 })
}

/** `waits`: when a process that found the lease taken has looked whether it is free. */
async function watchForFollower(prefix: string): Promise<{ readonly waits: Promise<void> }> {
  const probe = new Redis(redisUrl())
  const monitor = await probe.monitor()
  closers.push(async () => {
    monitor.disconnect()
    probe.disconnect()
  })
  const waits = new Promise<void>(resolve => {
    monitor.on('monitor', (_time: string, [command, key]: readonly string[]) => {
      if (/^exists$/i.test(command ?? '') && key?.startsWith(prefix)) resolve()
    })
  })
  return { waits }
}

describe('one question asked of two processes at once', () => {
  it('is one fan-out: all get the same offers, one is the miss', async () => {
    const { answer, release } = held()
    const { processes, asked } = await openProcesses(() => [fakeSupplier('alpha', answer)], [undefined, undefined])
    const pending = Array.from({ length: 20 }, (_, n) => processes[n % 2]!.shopping.search(request, context))
    await vi.waitFor(() => expect(asked().reduce((a, b) => a + b)).toBe(1), { interval: 5 })
    release()
    const answers = (await Promise.all(pending)).map(jsonOf)
    expect(asked().reduce((a, b) => a + b)).toBe(1)
    expect(answers.map(({ page }) => page.total)).toEqual(Array(20).fill(30))
    expect(answers.filter(({ cache }) => cache.status === 'miss')).toHaveLength(1)
    expect(answers.filter(({ cache }) => cache.status === 'shared')).toHaveLength(19)
  })

  // where a busy machine leaves Redis unheard for 150 ms, each process asks for itself, as it should
  it('is one fan-out where a supplier fails, too; the next search asks again', { retry: 3 }, async () => {
    const { answer, release } = held()
    const suppliers = () => [fakeSupplier('alpha', answer), fakeSupplier('beta', failing('supplier-error'))]
    const { prefix, processes, asked } = await openProcesses(suppliers, [undefined, undefined])
    const first = processes[0]!.shopping.search(request, context).then(jsonOf)
    await untilLeased(prefix)
    const follower = await watchForFollower(prefix)
    const second = processes[1]!.shopping.search(request, context).then(jsonOf)
    await follower.waits
    expect(asked()).toEqual([2, 0])
    release()
    for (const answer of await Promise.all([first, second]))
      expect(answer).toMatchObject({ status: 'partial', page: { total: 30 } })
    expect(asked()).toEqual([2, 0])
    expect(jsonOf(await processes[1]!.shopping.search(request, context)).cache.status).toBe('miss')
    expect(asked()).toEqual([2, 2])
  })

  it('is answered in time with what has come so far where one supplier is silent', async () => {
    const suppliers = () => [fakeSupplier('alpha', flights), fakeSupplier('beta', silent)]
    const { prefix, processes, asked } = await openProcesses(suppliers, [undefined, undefined])
    const question = { ...request, deadlineMs: 1_500 }
    const first = processes[0]!.shopping.search({ ...question, deadlineMs: 2_500 }, context).then(jsonOf)
    await untilLeased(prefix)
    const start = performance.now()
    const second: AnyJson = jsonOf(await processes[1]!.shopping.search(question, context))
    expect(performance.now() - start).toBeLessThan(1_800)
    expect(second).toMatchObject({ status: 'partial', page: { total: 30 }, cache: { status: 'shared' } })
    expect(second.providers.map(({ status }: AnyJson) => status)).toEqual(['ok', 'timeout'])
    expect(await first).toMatchObject({ status: 'partial', page: { total: 30 } })
    expect(asked()).toEqual([2, 0])
  })

  it('is answered early there, too, once enough suppliers have answered', async () => {
    const suppliers = () => [fakeSupplier('alpha', flights), fakeSupplier('beta', silent)]
    const { prefix, processes, asked } = await openProcesses(suppliers, [undefined, undefined])
    const question = { ...request, deadlineMs: 8_000 }
    const leaves = new AbortController()
    const first = processes[0]!.shopping.search(question, context, { leaves: () => leaves.signal }).catch(() => 'left')
    await untilLeased(prefix)
    const start = performance.now()
    const hurried = { ...question, waitFor: { providers: 1, graceMs: 100 } } as const
    const second: AnyJson = jsonOf(await processes[1]!.shopping.search(hurried, context))
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(second).toMatchObject({ status: 'partial', page: { total: 30 }, cache: { status: 'shared' } })
    expect(second.providers.map(({ status }: AnyJson) => status)).toEqual(['ok', 'timeout'])
    expect(asked()).toEqual([2, 0])
    leaves.abort()
    expect(await first).toBe('left')
  })

  it('is asked by the other one where the first dies', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const dead = fakeSupplier('alpha', silent)
    const alive = fakeSupplier('alpha', flights)
    const each = [[dead], [alive]]
    const { prefix, processes } = await openProcesses(() => each.shift()!, [tunnel.url, undefined])
    const lost = processes[0]!.shopping.search({ ...request, deadlineMs: 3_000 }, context).catch(error => error)
    await untilLeased(prefix)
    await tunnel.cut()
    const answer = jsonOf(await processes[1]!.shopping.search({ ...request, deadlineMs: 8_000 }, context))
    expect(answer).toMatchObject({ status: 'complete', cache: { status: 'miss' }, page: { total: 30 } })
    expect(alive.asked).toHaveLength(1)
    await lost
  })

  it('is asked by each where Redis is away', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const { processes, asked } = await openProcesses(() => [fakeSupplier('alpha', flights)], [tunnel.url, tunnel.url])
    await tunnel.cut()
    const answers = await Promise.all(processes.map(({ shopping }) => shopping.search(request, context).then(jsonOf)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 'complete', cache: { status: 'miss' } })
    expect(asked()).toEqual([1, 1])
  })
})

describe('a search in progress, asked of another process', () => {
  it('waits for news there and streams its events, and each revision can be paged there', async () => {
    const { answer, release } = held(flightsAhead(5, 'beta'))
    const suppliers = () => [fakeSupplier('alpha', flights), fakeSupplier('beta', answer)]
    const { processes } = await openProcesses(suppliers, [undefined, undefined])
    const [a, b] = processes.map(({ shopping }) => shopping)
    const { id } = await a!.search(request, context, { respondAsync: true })
    const one = jsonOf(await b!.getSearch(id, context, { after: 0, waitMs: 5_000 }))
    expect(one).toMatchObject({ status: 'in-progress', revision: 1, waitingFor: ['beta'], page: { total: 30 } })
    const watch = await b!.watchSearch(id, '0', context)
    const signal = new AbortController().signal
    expect(await watch.next(5_000, signal)).toMatchObject({ kind: 'revision', id: '1' })
    const next = watch.next(5_000, signal)
    release()
    expect(await next).toMatchObject({ kind: 'revision', id: '2' })
    expect(await watch.next(5_000, signal)).toMatchObject({ kind: 'complete', id: '2-complete' })
    const two = jsonOf(await b!.getSearch(id, context, { after: 1, waitMs: 5_000 }))
    expect(two).toMatchObject({ status: 'complete', revision: 2 })
    const rest = jsonOf(await b!.listOffers(id, { cursor: one.page.next }, context))
    expect(rest.offers).toHaveLength(10)
    expect(jsonOf(await b!.getOffer(one.offers[3].id, context)).id).toBe(one.offers[3].id)
    expect(jsonOf(await a!.getSearch(id, context))).toEqual(two)
  })

  it('is partial there when its process has died', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(tunnel.close)
    const suppliers = () => [fakeSupplier('alpha', flights), fakeSupplier('beta', silent)]
    const { processes } = await openProcesses(suppliers, [tunnel.url, undefined])
    const [a, b] = processes.map(({ shopping }) => shopping)
    const { id } = await a!.search({ ...request, deadlineMs: 1_000 }, context, { respondAsync: true })
    await vi.waitFor(async () => expect(jsonOf(await b!.getSearch(id, context)).revision).toBe(1), { interval: 20 })
    await tunnel.cut()
    await vi.waitFor(async () => expect(jsonOf(await b!.getSearch(id, context)).status).toBe('partial'), {
      timeout: 8_000,
      interval: 50,
    })
    const watch = await b!.watchSearch(id, '1', context)
    expect(await watch.next(1_000, new AbortController().signal)).toMatchObject({ kind: 'complete' })
  })
})
