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
    const key = `${request.method} ${request.url?.split('?')[0]}`
    let recorded = known.get(key)
    if (!recorded) {
      recorded = forward(target, request, body)
      known.set(key, recorded)
      void recorded.then(({ body: { length }, body: bytes }) => {
        if (length > 5_000) searches.push(bytes.toString('base64'))
      })
    }
    const answer = await recorded
    if (delayMs > 0) await pause(Math.max(0, due - performance.now()))
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
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
