/** A return search in a format (first argument), as its simulator answers it over what a seller (second) sells in the sandbox
 *  world, written to standard output: a line with the number of offers, then the bytes. Two formats over one seller have the
 *  same content. In a process of its own, for a world in memory would make every garbage collection dear. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { systemClock, toInstant } from '../src/core/clock.ts'
import { startDeadline } from '../src/core/deadline.ts'
import { silentLog } from '../src/core/log.ts'
import { noMetrics } from '../src/core/metrics.ts'
import type { ShopQuery } from '../src/providers/port.ts'
import { loadSimulators, openProviders } from '../src/providers/registry.ts'
import { openWorld } from '../src/sandbox/open-world.ts'

const day = (ahead: number): string => toInstant(systemClock.now() + ahead * 86_400_000).slice(0, 10)

const query: ShopQuery = {
  slices: [
    { origin: 'LHR', destination: 'JFK', departureDate: day(60), departureTime: null },
    { origin: 'JFK', destination: 'LHR', departureDate: day(67), departureTime: null },
  ],
  passengers: [
    { id: 'pax_1', type: 'ADT', age: null },
    { id: 'pax_2', type: 'ADT', age: null },
    { id: 'pax_3', type: 'CHD', age: 8 },
  ],
  cabin: null,
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 200,
}

const [format = '', seller = format] = process.argv.slice(2)
const world = await openWorld({ seed: 'bench', clock: systemClock, stateDir: null, log: silentLog })
const start = (await loadSimulators([format])).get(format)
if (!start) throw new Error(`${format} has no simulator`)
const parts = { clock: systemClock, log: silentLog }
const simulator = await start({ view: world.view(seller), host: '127.0.0.1', port: 0, ...parts })
const tap = await tapped(simulator.baseUrl)
const baseUrl = simulator.settings.baseUrl!.replace(simulator.baseUrl, tap.baseUrl)
const settings = new Map([[format, { ...simulator.settings, baseUrl }]])
const providers = await openProviders(settings, { ...parts, metrics: noMetrics })
const call = { deadline: startDeadline(systemClock, 30_000), requestId: 'req_bench', traceparent: null }
const outcome = await providers.find(format)!.shop(query, call)
if (outcome.kind !== 'offers') throw new Error(`${format} found nothing: ${outcome.fault.text}`)
const [largest] = tap.bodies.sort((a, b) => b.length - a.length)
process.stdout.write(`${outcome.offers.length}\n`)
process.stdout.write(largest!, () => process.exit(0))

/** Between the adapter and the simulator, keeping what goes by. */
async function tapped(target: string) {
  const bodies: Buffer[] = []
  const server = createServer(async (request, response) => {
    const answer = await forward(target, request)
    const bytes = Buffer.from(await answer.arrayBuffer())
    bodies.push(bytes)
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
    response.end(bytes)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    bodies,
    baseUrl: `http://127.0.0.1:${port}`,
    close: () => new Promise(resolve => server.close(resolve).closeAllConnections()),
  }
}

async function forward(target: string, request: IncomingMessage): Promise<Response> {
  const { host: _, 'content-length': __, connection: ___, 'transfer-encoding': ____, ...headers } = request.headers
  return fetch(target + request.url, {
    method: request.method!,
    headers: { ...(headers as Record<string, string>), 'accept-encoding': 'identity' },
    ...(request.method === 'GET' ? {} : { body: new Uint8Array(await buffer(request)) }),
  })
}
