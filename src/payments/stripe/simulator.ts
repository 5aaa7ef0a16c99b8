import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { randomText } from '../../core/ids.ts'
import { openJournal } from '../../sandbox/journal.ts'
import { listen, readBody } from '../../sandbox/listening.ts'
import type { GatewaySimulatorOptions, RunningGatewaySimulator } from '../port.ts'
import { type BankChange, type Done, openBank, type StripeBank } from './simulator-bank.ts'
import { testCards } from './simulator-cards.ts'
import { type Form, parseForm } from './simulator-form.ts'
import { type KeptAnswer, type Keys, openKeys } from './simulator-keys.ts'
import { type EventChange, openWebhooks } from './simulator-webhooks.ts'

const bodyBytesMax = 64_000

/** What is kept in `stateDir`. */
type Kept =
  | { readonly secrets: Secrets }
  | { readonly target: string }
  | { readonly bank: BankChange }
  | { readonly answer: KeptAnswer }
  | { readonly event: EventChange }

type Secrets = { readonly secretKey: string; readonly webhookSecret: string }

/** Stripe as a real HTTP server, as far as card payments need it: form-encoded requests, idempotency keys, its error bodies and
 *  lists, signed events to the address given at POST /_sandbox/webhook-target, and a page where a traveller confirms. */
export async function startGatewaySimulator(options: GatewaySimulatorOptions): Promise<RunningGatewaySimulator> {
  const { clock, log } = options
  const journal = await openJournal<Kept>(join(options.stateDir, 'stripe.jsonl'))
  const past = journal.entries
  // entries are kept in order: the last one on disk means all of them
  let kept: Promise<void> = Promise.resolve()
  const keep = (entry: Kept): void => {
    kept = journal.append(entry)
    kept.catch(() => {})
  }
  const secrets = past.flatMap(one => ('secrets' in one ? [one.secrets] : []))[0] ?? newSecrets()
  if (past.length === 0) keep({ secrets })
  let target = past.flatMap(one => ('target' in one ? [one.target] : [])).at(-1) ?? null
  let baseUrl = ''
  const webhooks = openWebhooks({
    target: () => target,
    secret: secrets.webhookSecret,
    past: past.flatMap(one => ('event' in one ? [one.event] : [])),
    keep: change => keep({ event: change }),
    clock,
    log,
  })
  const bank = openBank({
    past: past.flatMap(one => ('bank' in one ? [one.bank] : [])),
    keep: change => keep({ bank: change }),
    tell: news => webhooks.send(news),
    clock,
    actionUrl: id => `${baseUrl}/3ds/${id}`,
  })
  const keys = openKeys(
    past.flatMap(one => ('answer' in one ? [one.answer] : [])),
    answer => keep({ answer }),
  )
  const counter: Counter = {
    bank,
    keys,
    clock,
    ...secrets,
    kept: () => kept,
    listenAt(url) {
      target = url
      keep({ target: url })
    },
  }
  const server = await listen(options, 'stripe', (request, response) => answer(counter, request, response))
  baseUrl = server.baseUrl
  webhooks.resume()
  return {
    code: 'stripe',
    baseUrl,
    settings: { baseUrl, ...secrets, returnUrl: `${baseUrl}/returned` },
    tokens: testCards.map(({ token, effect, text }) => ({ token, effect, text })),
    async close() {
      webhooks.close()
      await server.close()
      await journal.close()
    },
  }
}

const secretCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789'

function newSecrets(): Secrets {
  return {
    secretKey: `sk_test_${randomText(24, secretCharacters)}`,
    webhookSecret: `whsec_${randomText(32, secretCharacters)}`,
  }
}

type Counter = {
  readonly bank: StripeBank
  readonly keys: Keys
  readonly clock: Clock
  readonly secretKey: string
  readonly webhookSecret: string
  /** Resolves when all that was changed so far is on disk: nothing is answered before. */
  kept(): Promise<void>
  listenAt(url: string): void
}

async function answer(counter: Counter, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stripe')
  const read = await readBody(request, bodyBytesMax)
  if (read === 'too-large') return void response.writeHead(413, { connection: 'close' }).end()
  if (read === 'aborted') return
  const text = read.toString('utf8')
  if (url.pathname === '/_sandbox/ledger') return json(response, 200, { entries: counter.bank.ledger() })
  if (url.pathname === '/_sandbox/webhook-target' && request.method === 'POST') return listenAt(counter, response, text)
  if (url.pathname === '/returned') return html(response, { status: 200, content: 'Back at the shop.' })
  const page = /^\/3ds\/(pi_\w+)$/.exec(url.pathname)
  if (page) {
    const shown = traveller(counter.bank, page[1]!, request.method ?? 'GET', text)
    await counter.kept()
    return html(response, shown)
  }
  if (request.headers.authorization !== `Bearer ${counter.secretKey}`)
    return json(response, 401, error('invalid_request_error', 'Invalid API Key provided'))
  await api(counter, { request, response, url, text })
}

async function listenAt(counter: Counter, response: ServerResponse, text: string): Promise<void> {
  const form = new URLSearchParams(text)
  const target = URL.parse(form.get('url') ?? '')
  if (!target) return json(response, 400, error('invalid_request_error', 'url is missing'))
  if (form.get('secret') !== counter.webhookSecret)
    return json(response, 401, error('invalid_request_error', 'secret is not that of these webhooks'))
  counter.listenAt(target.href)
  await counter.kept()
  json(response, 200, { url: target.href })
}

type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly text: string
}

async function api(counter: Counter, { request, response, url, text }: Exchange): Promise<void> {
  const headers = {
    'request-id': `req_${randomText(14, secretCharacters)}`,
    'stripe-version': String(request.headers['stripe-version'] ?? '2026-10-28.endive'),
  }
  const isRead = request.method === 'GET'
  const form = parseForm(isRead ? url.search.slice(1) : text)
  if (!form) return json(response, 400, error('invalid_request_error', 'The request is no form'), headers)
  const work = isRead ? reading(counter.bank, url.pathname, form) : writing(counter.bank, url.pathname, form)
  if (!work) {
    const message = `Unrecognized request URL (${request.method}: ${url.pathname}).`
    return json(response, 404, error('invalid_request_error', message), headers)
  }
  const key = request.headers['idempotency-key']
  if (isRead || typeof key !== 'string' || key === '') {
    const done = work()
    await counter.kept()
    return json(response, done.status, done.body, headers)
  }
  if (key.length > 255)
    return json(response, 400, error('invalid_request_error', 'Idempotency keys have at most 255 characters'), headers)
  const { done, replayed, settle } = counter.keys.ask({ key, path: url.pathname, text }, work)
  try {
    await counter.kept()
    if (done.delayMs) await counter.clock.sleep(done.delayMs)
    if (done.lost) return void response.destroy()
    const said = { ...headers, 'idempotency-key': key, ...(replayed ? { 'idempotent-replayed': 'true' } : {}) }
    json(response, done.status, done.body, said)
  } finally {
    settle()
  }
}

function reading(bank: StripeBank, path: string, form: Form): (() => Done) | undefined {
  if (path === '/v1/payment_intents') return () => bank.list(form)
  const one = /^\/v1\/(payment_intents|payment_methods)\/(\w+)$/.exec(path)
  if (!one) return undefined
  return one[1] === 'payment_methods' ? () => bank.method(one[2]!) : () => bank.retrieve(one[2]!, form)
}

function writing(bank: StripeBank, path: string, form: Form): (() => Done) | undefined {
  if (path === '/v1/payment_intents') return () => bank.create(form)
  if (path === '/v1/refunds') return () => bank.refund(form)
  const move = /^\/v1\/payment_intents\/(\w+)\/(capture|cancel)$/.exec(path)
  if (!move) return undefined
  return move[2] === 'capture' ? () => bank.capture(move[1]!, form) : () => bank.cancel(move[1]!, form)
}

function error(type: string, message: string): Readonly<Record<string, unknown>> {
  return { error: { type, message } }
}

/** The page behind `next_action`; a test posts `result=approve` or `result=decline`. */
function traveller(bank: StripeBank, id: string, method: string, body: string): { status: number; content: string } {
  const intent = bank.find(id)
  if (!intent) return { status: 404, content: 'There is no such payment.' }
  if (method !== 'POST') return { status: 200, content: page(intent.status) }
  const result = new URLSearchParams(body).get('result')
  if (result !== 'approve' && result !== 'decline') return { status: 400, content: 'Say approve or decline.' }
  return bank.complete(id, result === 'approve') === 'done'
    ? { status: 200, content: 'Thank you.' }
    : { status: 409, content: 'This payment waits for nothing.' }
}

function page(status: string): string {
  if (status !== 'requires_action') return `This payment waits for nothing (${status}).`
  const button = (result: string) => `<button name="result" value="${result}">${result}</button>`
  return `<form method="post"><p>Test bank: confirm this payment?</p>${button('approve')} ${button('decline')}</form>`
}

function html(response: ServerResponse, { status, content }: { status: number; content: string }): void {
  const text = `<!doctype html><meta charset="utf-8"><title>Test bank</title><body>${content}</body>`
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body)
  const length = Buffer.byteLength(text)
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': length })
  response.end(text)
}
