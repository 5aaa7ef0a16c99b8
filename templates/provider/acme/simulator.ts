import { WireError } from 'fareloom/core/wire-error.ts'
import { type SimulatorReply, type SimulatorRequest, serveSimulator } from 'fareloom/sandbox/serve.ts'
import type { SimulatorOptions, StartSimulator, WorldPnr } from 'fareloom/sandbox/world.ts'
import { quoteOf, toOrder } from './simulator-orders.ts'
import { keyOf, type Selected, selectedBy, toOffer } from './simulator-offers.ts'
import { encodeComplaint } from './wire/complaint.ts'
import { encodeOffers } from './wire/offer.ts'
import { encodeOrder } from './wire/order.ts'
import { decodeOrderRequest } from './wire/order-request.ts'
import { encodeQuote } from './wire/quote.ts'
import { parseReply } from './wire/read.ts'
import { decodeSearch } from './wire/search.ts'

const token = 'acme-sandbox-token'

/** Acme's API over the sandbox world: a real server that speaks the very format. */
export const startSimulator: StartSimulator = options =>
  serveSimulator(options, {
    code: 'acme',
    settings: baseUrl => ({ baseUrl, token }),
    serverError: () => complaint(500, 'out-of-order', 'something went wrong'),
    rateLimited: seconds => {
      const reply = complaint(429, 'too-many-requests', 'slow down')
      return { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } }
    },
    async handle(request) {
      if (request.headers.authorization !== `Bearer ${token}`)
        return complaint(401, 'unauthorised', 'the token is not known')
      try {
        return await route(request, options)
      } catch (error) {
        if (error instanceof WireError) return complaint(400, 'bad-request', error.message)
        throw error
      }
    },
  })

type Effect = NonNullable<SimulatorReply['effect']>

function reply(body: unknown, effect?: Effect): SimulatorReply {
  const headers = { 'content-type': 'application/json' }
  return { status: 200, headers, body: JSON.stringify(body), ...(effect ? { effect } : {}) }
}

function complaint(status: number, code: string, text: string): SimulatorReply {
  return { ...reply(encodeComplaint(code, text)), status }
}

async function route(request: SimulatorRequest, options: SimulatorOptions): Promise<SimulatorReply> {
  const [resource, locator, action] = request.path.split('/').slice(1).map(decodeURIComponent)
  const body = request.body.length > 0 ? parseReply(request.body) : undefined
  switch (`${request.method} /${[resource, locator && ':locator', action].filter(Boolean).join('/')}`) {
    case 'POST /search':
      return search(body, options)
    case 'POST /price':
      return price(body, options)
    case 'POST /orders':
      return book(body, options)
    case 'GET /orders':
      return find(request.query.get('reference') ?? '', options)
    case 'GET /orders/:locator':
      return withPnr(locator!, options, async pnr => orderReply(pnr))
    case 'POST /orders/:locator/tickets':
      return withPnr(locator!, options, pnr => ticket(pnr, options))
    case 'GET /orders/:locator/cancellation':
      return withPnr(locator!, options, async pnr => quote(pnr, options))
    case 'POST /orders/:locator/cancellation':
      return withPnr(locator!, options, pnr => cancel(pnr, options))
    default:
      return complaint(404, 'not-found', 'there is nothing here')
  }
}

function search(body: unknown, { view }: SimulatorOptions): SimulatorReply {
  const query = decodeSearch(body)
  const first = query.slices[0]!
  const offers = view.shop({ ...query, passengers: query.passengers.map(({ type, age }) => ({ type, age })) })
  const name = view.effect(first.origin, first.destination, first.departureDate)
  return reply(encodeOffers(offers.map(offer => toOffer(offer, keyOf(offer, query)))), { name, moment: 'shop' })
}

function price(body: unknown, { view }: SimulatorOptions): SimulatorReply {
  const key = selectedBy((body as { readonly key?: unknown } | undefined)?.key)
  const result = view.price(key.selection)
  if (result.kind === 'sold-out') return complaint(409, 'sold-out', 'no seats are left')
  if (result.kind === 'gone') return complaint(410, 'gone', result.text)
  return reply(encodeOffers([toOffer(result.offer, key)]))
}

async function book(body: unknown, { view }: SimulatorOptions): Promise<SimulatorReply> {
  const asked = decodeOrderRequest(body)
  const { selection, passengerIds } = selectedBy(asked.key)
  const travellers = passengerIds.map(id => {
    const traveller = asked.travellers.find(other => other.id === id)
    if (!traveller) throw new WireError(`no traveller ${id}`, '/travellers')
    const { type, surname, givenNames, birthDate, gender, adultId } = traveller
    return { key: id, type, surname, givenNames, birthDate, gender, adultKey: adultId }
  })
  const { contact, reference, hold } = asked
  const result = await view.book({ selection, travellers, contact, reference, hold })
  if (result.kind === 'sold-out') return complaint(409, 'sold-out', 'no seats are left')
  if (result.kind === 'refused') return complaint(409, 'refused', result.text)
  return { ...orderReply(result.pnr), effect: { name: effectOn(selection, view), moment: 'book' } }
}

function effectOn({ slices }: Selected['selection'], view: SimulatorOptions['view']): Effect['name'] {
  const segments = slices[0]!.segments
  const first = segments[0]!
  return view.effect(first.origin, segments.at(-1)!.destination, first.departureDate)
}

function find(reference: string, { view }: SimulatorOptions): SimulatorReply {
  return reply({ orders: view.findByReference(reference).map(pnr => encodeOrder(toOrder(pnr))) })
}

async function withPnr(
  locator: string,
  { view }: SimulatorOptions,
  answer: (pnr: WorldPnr) => Promise<SimulatorReply>,
): Promise<SimulatorReply> {
  const pnr = view.findPnr(locator)
  return pnr ? answer(pnr) : complaint(404, 'not-found', 'there is no such order')
}

function orderReply(pnr: WorldPnr): SimulatorReply {
  return reply({ order: encodeOrder(toOrder(pnr)) })
}

async function ticket({ locator }: WorldPnr, { view }: SimulatorOptions): Promise<SimulatorReply> {
  const result = await view.issueTickets(locator)
  if (result.kind === 'host-busy') return complaint(503, 'host-busy', result.text)
  return result.kind === 'refused' ? complaint(409, 'no-ticket', result.text) : orderReply(result.pnr)
}

function quote({ locator }: WorldPnr, { view }: SimulatorOptions): SimulatorReply {
  const found = quoteOf(view.quoteCancellation(locator))
  return found.kind === 'none' ? complaint(409, 'not-cancellable', found.text) : reply(encodeQuote(found.quote))
}

/** Tickets first, then the seats; what was given back stays so when it is asked for again. */
async function cancel(pnr: WorldPnr, { view }: SimulatorOptions): Promise<SimulatorReply> {
  if (pnr.status === 'live') {
    const kind = view.quoteCancellation(pnr.locator)?.kind ?? 'none'
    if (kind === 'none') return complaint(409, 'not-cancellable', 'nothing can be given back')
    if (kind !== 'release') {
      const given = kind === 'void' ? await view.voidTickets(pnr.locator) : await view.refundTickets(pnr.locator)
      if (given.kind === 'refused') return complaint(409, 'not-cancellable', given.text)
    }
  }
  const result = await view.cancel(pnr.locator)
  return result.kind === 'refused' ? complaint(409, 'not-cancellable', result.text) : orderReply(result.pnr)
}
