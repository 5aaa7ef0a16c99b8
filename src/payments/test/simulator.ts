import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { randomText } from '../../core/ids.ts'
import { openJournal } from '../../sandbox/journal.ts'
import { listen, readBody } from '../../sandbox/listening.ts'
import type { GatewaySimulatorOptions, RunningGatewaySimulator } from '../port.ts'
import { type Bank, type BankChange, type BankReply, openBank } from './simulator-bank.ts'
import { testTokens } from './simulator-tokens.ts'
import type { AmountBody, AuthoriseBody, MoveBody } from './wire.ts'

const bodyBytesMax = 64_000

/** A payment gateway as a real HTTP server: bearer key, idempotency keys, a ledger that anyone may audit, and a page where a
 *  traveller confirms. What it knows is kept in `stateDir`. */
export async function startGatewaySimulator(options: GatewaySimulatorOptions): Promise<RunningGatewaySimulator> {
  const journal = await openJournal<BankChange | { readonly apiKey: string }>(join(options.stateDir, 'gateway.jsonl'))
  const apiKey = keyOf(journal.entries) ?? `sk_test_${randomText(24, 'abcdefghijklmnopqrstuvwxyz0123456789')}`
  if (keyOf(journal.entries) === undefined) await journal.append({ apiKey })
  // entries are kept in order: the last one on disk means all of them
  let kept: Promise<void> = Promise.resolve()
  let baseUrl = ''
  const bank = openBank({
    past: journal.entries.filter((change): change is BankChange => !('apiKey' in change)),
    keep(change) {
      kept = journal.append(change)
      kept.catch(() => {})
    },
    clock: options.clock,
    actionUrl: id => `${baseUrl}/3ds/${id}`,
  })
  const server = await listen(options, 'test', (request, response) =>
    answer({ bank, apiKey, kept: () => kept }, request, response),
  )
  baseUrl = server.baseUrl
  return {
    code: 'test',
    baseUrl,
    settings: { baseUrl, apiKey },
    tokens: testTokens,
    async close() {
      await server.close()
      await journal.close()
    },
  }
}

function keyOf(changes: readonly (BankChange | { readonly apiKey: string })[]): string | undefined {
  for (const change of changes) if ('apiKey' in change) return change.apiKey
  return undefined
}

type Counter = {
  readonly bank: Bank
  readonly apiKey: string
  /** Resolves when all that was changed so far is on disk: nothing is answered before. */
  kept(): Promise<void>
}

async function answer(counter: Counter, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { bank, apiKey } = counter
  const url = new URL(request.url ?? '/', 'http://gateway')
  const read = await readBody(request, bodyBytesMax)
  if (read === 'too-large') return void response.writeHead(413, { connection: 'close' }).end()
  if (read === 'aborted') return
  const body = read.toString('utf8')
  if (url.pathname === '/_sandbox/ledger') return json(response, 200, { entries: bank.ledger() })
  const page = /^\/3ds\/(tp_\w+)$/.exec(url.pathname)
  if (page) {
    const shown = traveller(bank, page[1]!, request.method ?? 'GET', body)
    await counter.kept()
    return html(response, shown)
  }
  if (request.headers.authorization !== `Bearer ${apiKey}`)
    return json(response, 401, { error: { code: 'authentication_failed', message: 'this key is not known' } })
  const reply = route(bank, request, url, body)
  await counter.kept()
  if (reply.lost) return void response.destroy()
  json(response, reply.status, reply.body)
}

function route(bank: Bank, request: IncomingMessage, url: URL, text: string): BankReply {
  const path = url.pathname
  if (request.method === 'GET' && path === '/v1/payments') {
    return { status: 200, body: { payments: bank.find(url.searchParams.get('reference') ?? '') }, lost: false }
  }
  const key = request.headers['idempotency-key']
  if (request.method !== 'POST') return error(404, 'not_found', 'there is nothing here')
  if (typeof key !== 'string' || key === '') return error(400, 'invalid_request', 'idempotency-key is missing')
  const body = parse(text)
  if (path === '/v1/payments') {
    return isAuthorise(body) ? bank.authorise(body, key) : error(400, 'invalid_request', 'fields are missing')
  }
  const move = /^\/v1\/payments\/([^/]+)\/(captures|voids|refunds)$/.exec(path)
  if (!move) return error(404, 'not_found', 'there is nothing here')
  const kind = moves[move[2] as keyof typeof moves]
  if (kind === 'void') return bank.move(move[1]!, kind, null, key)
  return isMove(body) ? bank.move(move[1]!, kind, body.amount, key) : error(400, 'invalid_request', 'no amount')
}

const moves = { captures: 'capture', voids: 'void', refunds: 'refund' } as const

function error(status: number, code: string, message: string): BankReply {
  return { status, body: { error: { code, message } }, lost: false }
}

/** The page behind `action.url`; a test posts `result=approve` or `result=decline`. */
function traveller(bank: Bank, id: string, method: string, body: string): { status: number; content: string } {
  const payment = bank.get(id)
  if (!payment) return { status: 404, content: 'There is no such payment.' }
  if (method !== 'POST') return { status: 200, content: form(payment.status) }
  const result = new URLSearchParams(body).get('result')
  if (result !== 'approve' && result !== 'decline') return { status: 400, content: 'Say approve or decline.' }
  return bank.complete(id, result === 'approve') === 'done'
    ? { status: 200, content: 'Thank you.' }
    : { status: 409, content: 'This payment waits for nothing.' }
}

function form(status: string): string {
  if (status !== 'requires_action') return `This payment waits for nothing (${status}).`
  const button = (result: string) => `<button name="result" value="${result}">${result}</button>`
  return `<form method="post"><p>Test bank: confirm this payment?</p>${button('approve')} ${button('decline')}</form>`
}

function html(response: ServerResponse, { status, content }: { status: number; content: string }): void {
  const page = `<!doctype html><meta charset="utf-8"><title>Test bank</title><body>${content}</body>`
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(page) })
  response.end(page)
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

function isAuthorise(body: unknown): body is AuthoriseBody {
  const request = body as Partial<AuthoriseBody> | null
  const texts = [request?.reference, request?.methodToken, request?.description]
  return texts.every(text => typeof text === 'string') && isAmount(request?.amount)
}

function isMove(body: unknown): body is MoveBody {
  return isAmount((body as Partial<MoveBody> | null)?.amount)
}

function isAmount(amount: AmountBody | undefined): boolean {
  return Number.isSafeInteger(amount?.value) && amount!.value > 0 && /^[A-Z]{3}$/.test(amount!.currency)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
