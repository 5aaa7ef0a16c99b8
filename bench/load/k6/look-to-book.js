// k6 run -e TARGET=http://127.0.0.1:8080 -e RATE=50 -e SECONDS=60 -e LOOK_TO_BOOK=100 -e API_KEY=... bench/load/k6/look-to-book.js
// Open loop (constant-arrival-rate); RATE is requests a second, all kinds together, as with npm run load.
import http from 'k6/http'
import { check, sleep } from 'k6'
import { Counter, Rate } from 'k6/metrics'
import { bookingFor, chancesFor, nextSearch, requestsPerVisit } from './mix.js'

const target = __ENV.TARGET || 'http://127.0.0.1:8080'
const rate = Number(__ENV.RATE || 50)
const seconds = Number(__ENV.SECONDS || 60)
const chances = chancesFor(Number(__ENV.LOOK_TO_BOOK || 100))

const shed = new Rate('shed')
const errors = new Rate('errors')
const fromCache = new Rate('from_cache')
const booked = new Counter('booked')

export const options = {
  scenarios: {
    visits: {
      executor: 'constant-arrival-rate',
      // a whole number of visits in as many seconds as make the rate exact to a hundredth
      rate: Math.max(1, Math.round((100 * rate) / requestsPerVisit(chances))),
      timeUnit: '100s',
      duration: `${seconds}s`,
      preAllocatedVUs: Math.min(1000, Math.ceil(rate * 2)),
      maxVUs: 5000,
    },
  },
  thresholds: { 'http_req_duration{kind:search}': ['p(95)<5000'], errors: ['rate<0.001'] },
}

const headers = { 'content-type': 'application/json' }
if (__ENV.API_KEY) headers.authorization = `Bearer ${__ENV.API_KEY}`

export default function visit() {
  const wants = { page: Math.random() < chances.page, price: Math.random() < chances.price }
  const search = post('search', '/v1/searches', nextSearch(Math.random, Date.now()), [200, 201])
  if (!search) return
  fromCache.add(search.cache.status !== 'miss')
  if (wants.page && search.page.next) {
    think()
    const cursor = encodeURIComponent(search.page.next)
    judge(http.get(`${target}/v1/searches/${search.id}/offers?cursor=${cursor}`, params('page')), [200])
  }
  if (!wants.price || search.offers.length === 0) return
  think()
  const offer = search.offers[Math.floor(Math.random() * search.offers.length)]
  const priced = post('price', `/v1/offers/${offer.id}/price`, {}, [200])
  if (!priced || priced.kind === 'gone' || Math.random() >= chances.book) return
  think()
  const key = `k6-${__VU}-${__ITER}-${Date.now()}-${Math.random()}`
  if (post('book', '/v1/bookings', bookingFor(priced.offer, Date.now()), [201, 202], { 'idempotency-key': key }))
    booked.add(1)
}

function post(kind, path, body, expected, more = {}) {
  const reply = http.post(`${target}${path}`, JSON.stringify(body), params(kind, more))
  return judge(reply, expected) ? reply.json() : null
}

/** A 429 and a 503 for overload are shed; what an agency must expect (402, 409, 410) is no error. */
function judge(reply, expected) {
  const isShed = reply.status === 429 || (reply.status === 503 && !/suppliers-unavailable|\/unavailable/.test(reply.body))
  const isServed = check(reply, { 'answered as expected': ({ status }) => expected.includes(status) })
  shed.add(isShed)
  errors.add(!isServed && !isShed && ![402, 409, 410].includes(reply.status))
  return isServed
}

function params(kind, more = {}) {
  return { headers: Object.assign({}, headers, more), tags: { kind }, timeout: '15s' }
}

function think() {
  sleep(0.3 + 2.5 * Math.random())
}
