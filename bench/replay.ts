/** A process that answers as the simulators did the first time: so that what is measured costs its own CPU only. Started with
 *  fork(), with a JSON list of {code, delayMs} (ReplayWish); sends each one's settings. The first request of a kind goes to
 *  the simulator, all others get its answer again. `GET /_recorded` gives the bodies of the searches as a JSON list
 *  of base64, `/_delay/{ms}` changes the delay, `/_bare` answers anything after it. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { loadSimulators } from '../src/providers/registry.ts'
import { openWorld } from '../src/sandbox/open-world.ts'
import type { ReplayWish } from './suppliers.ts'

/** What a floor is answered. */
const smallBody = Buffer.alloc(20_000, 0x20)

type Recorded = { readonly status: number; readonly headers: Record<string, string>; readonly body: Buffer }

const wishes: readonly ReplayWish[] = JSON.parse(process.argv[2] ?? '[]')
const world = await openWorld({ seed: 'bench', clock: systemClock, stateDir: null, log: silentLog })
const parts = { host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog }
const settings: Readonly<Record<string, string>>[] = []
for (const { code, delayMs } of wishes) {
  const start = (await loadSimulators([code])).get(code)!
  const simulator = await start({ view: world.view(code), ...parts })
  // some have a path behind the address
  const baseUrl = simulator.settings.baseUrl!.replace(simulator.baseUrl, await replay(simulator.baseUrl, delayMs))
  settings.push({ ...simulator.settings, baseUrl })
}
process.send!({ settings })
process.on('disconnect', () => process.exit(0))

async function replay(target: string, firstDelayMs: number): Promise<string> {
  let delayMs = firstDelayMs
  const known = new Map<string, Promise<Recorded>>()
  const searches: string[] = []
  const polls = recordedPolls()
  const server = createServer(async (request, response) => {
    const due = performance.now() + delayMs
    const body = await buffer(request)
    if (request.url === '/_recorded') {
      response.end(JSON.stringify(searches))
      return
    }
    // trace ids and times differ from search to search: the path and the method say enough here
    if (request.url?.startsWith('/_delay/')) {
      delayMs = Number(request.url.slice('/_delay/'.length))
      response.end()
      return
    }
    if (request.url === '/_bare') {
      if (delayMs > 0) await pause(Math.max(0, due - performance.now()))
      response.end(smallBody)
      return
    }
    const path = request.url!.split('?')[0]!
    const key = `${request.method} ${path}`
    const polled = polls.next(path)
    let recorded = polled ?? known.get(key)
    if (!recorded) {
      recorded = forward(target, request, body).then(answer => polls.record(target + path, request, answer))
      known.set(key, recorded)
      void recorded.then(answer => {
        for (const { body: bytes } of [answer, ...polls.answers])
          if (bytes.length > 5_000) searches.push(bytes.toString('base64'))
      })
    }
    const answer = polls.renamed(await recorded)
    // once a search
    if (delayMs > 0 && !polled) await pause(Math.max(0, due - performance.now()))
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A search that is asked for again and again until it says that nothing remains (Duffel's batches): all of it is recorded
 *  with its first answer, and each search gets an id of its own, by which its next answer is found. */
function recordedPolls() {
  const answers: Recorded[] = []
  const asked = new Map<string, number>()
  let recordedId = ''
  let count = 0
  return {
    answers,
    next(path: string): Promise<Recorded> | undefined {
      const id = path.split('/').at(-1)!
      const at = asked.get(id)
      if (at === undefined) return undefined
      if (at + 1 < answers.length) asked.set(id, at + 1)
      else asked.delete(id)
      return Promise.resolve(answers[at]!)
    },
    async record(url: string, request: IncomingMessage, created: Recorded): Promise<Recorded> {
      if (!created.body.includes('"remaining_batches"')) return created
      const { id } = (JSON.parse(created.body.toString()) as { data: { id: string } }).data
      const poll = { method: 'GET', url: `/${id}`, headers: request.headers } as IncomingMessage
      let remaining = 1
      while (remaining > 0) {
        const answer = await forward(url, poll, Buffer.alloc(0))
        remaining = (JSON.parse(answer.body.toString()) as { data: { remaining_batches: number } }).data
          .remaining_batches
        answers.push(answer)
      }
      recordedId = id
      return created
    },
    renamed(answer: Recorded): Recorded {
      if (recordedId === '' || answers.includes(answer)) return answer
      const id = `${recordedId.slice(0, -6)}${String(++count % 1e6).padStart(6, '0')}`
      asked.set(id, 0)
      return { ...answer, body: Buffer.from(answer.body.toString().replace(recordedId, id)) }
    },
  }
}

async function forward(target: string, request: IncomingMessage, body: Buffer): Promise<Recorded> {
  const { host: _, 'content-length': __, connection: ___, 'transfer-encoding': ____, ...headers } = request.headers
  const answer = await fetch(target + request.url, {
    method: request.method!,
    headers: { ...(headers as Record<string, string>), 'accept-encoding': 'identity' },
    ...(request.method === 'GET' ? {} : { body: new Uint8Array(body) }),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const type = answer.headers.get('content-type') ?? 'application/json'
  return {
    status: answer.status,
    headers: { 'content-type': type, 'content-length': String(bytes.length) },
    body: bytes,
  }
}
