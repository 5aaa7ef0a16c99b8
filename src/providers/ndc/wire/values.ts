import { type Instant, parseInstant, toInstant } from '../../../core/clock.ts'
import { type Money, parseMoney } from '../../../core/money.ts'
import type { Message } from './message.ts'
import { type Amount, isCurrency } from './xml.ts'

/** Amounts and times of a message in our own form, and what is doubtful about it. */

/** Exact, in the currency's own minor units; undefined where it is no amount. */
export function moneyOf(message: Message, amount: Amount | null): Money | undefined {
  if (!amount) return undefined
  if (amount.money) return amount.money
  if (!isCurrency(amount.currency)) return undefined
  const { text, currency } = amount
  if (message.minorUnits === 'never' || text.includes('.')) return parseMoney(text, currency)
  const decimals = message.decimals.get(currency)
  if (message.minorUnits === 'where-no-point' && (decimals === undefined || hasPoints(message)))
    return parseMoney(text, currency)
  const places = decimals ?? 2
  const match = /^(-?)(\d{1,15})$/.exec(text)
  if (!match) return undefined
  const digits = match[2]!.padStart(places + 1, '0')
  const point = digits.length - places
  return parseMoney(`${match[1]}${digits.slice(0, point)}.${digits.slice(point)}`, currency)
}

/** Whether any price of the message is written with a point. */
function hasPoints(message: Message): boolean {
  const known = pointed.get(message)
  if (known !== undefined) return known
  const prices = [
    ...message.offers.flatMap(offer => [offer.total, ...offer.items.map(item => item.price)]),
    ...(message.order ? [message.order.total, ...message.order.items.map(item => item.price)] : []),
  ]
  const found = prices.some(price => hasPoint(price?.total) || hasPoint(price?.base))
  pointed.set(message, found)
  return found
}

function hasPoint(amount: Amount | null | undefined): boolean {
  return amount ? amount.money !== null || amount.text.includes('.') : false
}

const pointed = new WeakMap<Message, boolean>()

/** UTC. A limit without a zone is on the clock of the reply's own time, and UTC where that has none. */
export function instantOf(message: Message, text: string | null): number | undefined {
  if (text === null) return undefined
  const known = message.instants.get(text)
  if (known !== undefined) return known
  const ms = readInstant(message, text)
  if (ms !== undefined) message.instants.set(text, ms)
  return ms
}

function readInstant(message: Message, text: string): number | undefined {
  const known = parseInstant(text)
  if (known !== undefined) return known
  const ms = parseInstant(`${text}${message.offset ?? 'Z'}`)
  if (ms !== undefined) warnOnce(message, 'time-zone', 'a time limit names no zone')
  return ms
}

/** Limits are the same for most offers. */
export function instantText(message: Message, ms: number | undefined): Instant | null {
  if (ms === undefined) return null
  const known = message.instantTexts.get(ms)
  if (known !== undefined) return known
  const text = toInstant(ms)
  message.instantTexts.set(ms, text)
  return text
}

const warningsMax = 500

/** The same is said once. */
export function warn(message: Message, code: string, at: string, text: string): void {
  const { warnings } = message
  const known = warnings.some(warning => warning.at === at && warning.code === code && warning.text === text)
  if (!known && warnings.length < warningsMax) warnings.push({ code, at, text })
}

function warnOnce(message: Message, code: string, text: string): void {
  if (!message.warnings.some(warning => warning.code === code)) warn(message, code, message.name, text)
}
