/** A process that answers as the simulators did the first time: so that a cold search costs its own CPU only. Started with
 *  fork(); sends the suppliers' settings; `GET /_recorded` gives the bodies of the searches as a JSON list of base64. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { loadSimulators } from '../src/providers/registry.ts'
import { openWorld } from '../src/sandbox/open-world.ts'

type Recorded = { readonly status: number; readonly headers: Record<string, string>; readonly body: Buffer }

const codes = process.argv.slice(2)
const world = await openWorld({ seed: 'bench', clock: systemClock, stateDir: null, log: silentLog })
const searches: string[] = []
const settings: Record<string, Readonly<Record<string, string>>> = {}
for (const [code, start] of await loadSimulators(codes)) {
  const simulator = await start({
    view: world.view(code),
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLog,
  })
  settings[code] = { ...simulator.settings, baseUrl: await replay(simulator.baseUrl) }
}
process.send!({ settings })
process.on('disconnect', () => process.exit(0))

async function replay(target: string): Promise<string> {
  const known = new Map<string, Promise<Recorded>>()
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    if (request.url === '/_recorded') {
      response.end(JSON.stringify(searches))
      return
    }
    // trace ids and times differ from search to search: the path and the method say enough here
    const key = `${request.method} ${request.url?.split('?')[0]}`
    let recorded = known.get(key)
    if (!recorded) {
      recorded = forward(target, request, body)
      known.set(key, recorded)
    }
    const answer = await recorded
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
  if (bytes.length > 20_000) searches.push(bytes.toString('base64'))
  const type = answer.headers.get('content-type') ?? 'application/json'
  return {
    status: answer.status,
    headers: { 'content-type': type, 'content-length': String(bytes.length) },
    body: bytes,
  }
}
