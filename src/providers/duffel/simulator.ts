import {
  type SimulatorProtocol,
  type SimulatorReply,
  type SimulatorRequest,
  serveSimulator,
} from '../../sandbox/serve.ts'
import type { SimulatorOptions, StartSimulator } from '../../sandbox/world.ts'
import { OrderDesk } from './simulator-booking.ts'
import {
  apiError,
  authenticationError,
  badField,
  fail,
  invalidRequest,
  notFound,
  tooMany,
} from './simulator-replies.ts'
import { OfferDesk } from './simulator-shop.ts'
import { BadField } from './wire/search.ts'

/** Duffel's API, version 2, over the sandbox world: searches at once, in batches or page by page, offers, orders instant
 *  and held, payments, cancellations. */
export const startSimulator: StartSimulator = options => serveSimulator(options, protocolOf(options))

const accessToken = 'duffel_test_sandbox'

function protocolOf({ view, clock }: SimulatorOptions): SimulatorProtocol {
  const offers = new OfferDesk(view, clock)
  const orders = new OrderDesk(view, clock, offers)
  return {
    code: 'duffel',
    settings: baseUrl => ({ baseUrl, accessToken }),
    serverError: () => fail(apiError(500, 'internal_server_error', 'Internal server error', 'Something went wrong.')),
    rateLimited: seconds => tooMany(clock.now() + seconds * 1000 + 999),
    async handle(request) {
      try {
        return objectionTo(request) ?? (await route(request, offers, orders)) ?? fail(notFound)
      } catch (error) {
        if (error instanceof BadField) return fail(badField(error))
        throw error
      }
    },
  }
}

function objectionTo({ headers }: SimulatorRequest): SimulatorReply | undefined {
  const { authorization } = headers
  if (authorization === undefined)
    return fail(authenticationError('missing_authorization_header', "The 'Authorization' header needs to be set"))
  if (!/^Bearer \S+$/.test(authorization))
    return fail(authenticationError('invalid_authorization_header', 'The header must be of the form: Bearer API_TOKEN'))
  if (authorization !== `Bearer ${accessToken}`)
    return fail(authenticationError('access_token_not_found', 'The access token is not recognised'))
  const version = headers['duffel-version']
  if (version === undefined)
    return fail(
      invalidRequest(400, 'missing_version_header', 'Missing version', "The 'Duffel-Version' header needs to be set"),
    )
  if (version !== 'v2')
    return fail(invalidRequest(400, 'unsupported_version', 'Unsupported version', 'The version is no longer supported'))
  return undefined
}

function route(
  request: SimulatorRequest,
  offers: OfferDesk,
  orders: OrderDesk,
): SimulatorReply | Promise<SimulatorReply> | undefined {
  const [root, resource, id, ...action] = request.path.split('/').slice(1)
  if (root !== 'air') return undefined
  switch (`${request.method} ${resource} ${[id === undefined ? '' : ':id', ...action].join('/')}`.trim()) {
    case 'POST offer_requests':
      return offers.createRequest(request)
    case 'GET offer_requests :id':
      return offers.getRequest(id!)
    case 'POST batch_offer_requests':
      return offers.createBatch(request)
    case 'GET batch_offer_requests :id':
      return offers.pollBatch(id!)
    case 'GET offers':
      return offers.listOffers(request)
    case 'GET offers :id':
    case 'POST offers :id/actions/price':
      return offers.getOffer(id!, orders.isOrdered(id!))
    case 'POST orders':
      return orders.create(request)
    case 'GET orders':
      return orders.list(request)
    case 'GET orders :id':
      return orders.get(id!)
    case 'POST payments':
      return orders.pay(request)
    case 'POST order_cancellations':
      return orders.quote(request)
    case 'GET order_cancellations :id':
      return orders.getQuote(id!)
    case 'POST order_cancellations :id/actions/confirm':
      return orders.confirm(id!)
    default:
      return undefined
  }
}
