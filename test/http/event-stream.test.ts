import type { Context } from 'hono'
import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { openEventStream } from '../../src/http/event-stream.ts'
import type { SearchEvent, SearchWatch } from '../../src/shopping/port.ts'

type Next = SearchEvent | 'nothing' | undefined

/** A watch that is asked by the stream and answered by the test. */
function openStream(method = 'GET') {
  const asked: { readonly ms: number; readonly signal: AbortSignal; answer(next: Next): void }[] = []
  const watch: SearchWatch = {
    isOver: false,
    next: (ms, signal) => new Promise(resolve => asked.push({ ms, signal, answer: resolve })),
  }
  const client = new AbortController()
  let destroyed = 0
  const c = {
    req: { method, raw: new Request('http://x/', { signal: client.signal }) },
    env: { outgoing: { destroy: () => destroyed++ } },
  } as unknown as Context
  const clock = manualClock(0)
  const response = openEventStream(watch, c, { requestId: 'req_1' }, clock)
  return { asked, client, clock, response, watch, destroyed: () => destroyed }
}

const event = (kind: SearchEvent['kind'], id: string): SearchEvent => ({ kind, id, body: Buffer.from('{"a":1}') })
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
const textOf = ({ value }: { readonly value?: Uint8Array | undefined }): string => Buffer.from(value!).toString()

describe('an event stream', () => {
  it('sends each event with its id, a comment where there is none, and ends after the last', async () => {
    const { response, asked } = openStream()
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body!.getReader()
    const first = reader.read()
    await settle()
    asked[0]!.answer(event('revision', '1'))
    expect(textOf(await first)).toBe('id: 1\nevent: revision\ndata: {"a":1}\n\n')
    const second = reader.read()
    await settle()
    expect(asked[1]!.ms).toBeLessThanOrEqual(15_000)
    asked[1]!.answer('nothing')
    expect(textOf(await second)).toMatch(/^:.*\n\n$/)
    const third = reader.read()
    await settle()
    asked[2]!.answer(undefined)
    expect((await third).done).toBe(true)
  })

  it('asks for nothing that its reader has not room for', async () => {
    const { response, asked } = openStream()
    await settle()
    expect(asked).toHaveLength(0)
    const reader = response.body!.getReader()
    const first = reader.read()
    await settle()
    asked[0]!.answer(event('revision', '1'))
    await first
    await settle()
    expect(asked).toHaveLength(1)
  })

  it('stops waiting when its reader leaves', async () => {
    const { response, asked, client } = openStream()
    const reader = response.body!.getReader()
    void reader.read()
    await settle()
    expect(asked[0]!.signal.aborted).toBe(false)
    client.abort()
    expect(asked[0]!.signal.aborted).toBe(true)
  })

  it('is cut off when its reader does not take the end', async () => {
    const { clock, destroyed } = openStream()
    clock.advance(89_999)
    expect(destroyed()).toBe(0)
    clock.advance(1)
    expect(destroyed()).toBe(1)
  })

  it('has no body for HEAD, and is 204 where all is known', async () => {
    expect(openStream('HEAD').response).toMatchObject({ status: 200, body: null })
    const { watch } = openStream()
    const c = { req: { method: 'GET' } } as unknown as Context
    expect(openEventStream({ ...watch, isOver: true }, c, { requestId: 'req_1' }, manualClock(0)).status).toBe(204)
  })
})
