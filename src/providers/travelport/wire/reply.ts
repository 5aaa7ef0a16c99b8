import { type Instant, parseInstant, toInstant } from '../../../core/clock.ts'
import { type Money, parseMoney } from '../../../core/money.ts'
import type { WireWarning } from '../../../core/offer.ts'
import { type XmlLimits, XmlScanner } from '../../../core/xml/scanner.ts'

/** A foreign reply must not fill the log either. */
const warningsMax = 200

/** One message while it is read: its scanner, what was doubtful, and amounts and times that were read before (a search
 *  names the same few hundred of them thousands of times). */
export class Reply {
  readonly scanner: XmlScanner
  readonly warnings: WireWarning[] = []
  readonly #amounts = new Map<string, Money | undefined>()
  readonly #times = new Map<string, number | undefined>()
  readonly #instants = new Map<number, Instant>()

  constructor(bytes: Uint8Array, limits?: XmlLimits) {
    this.scanner = new XmlScanner(bytes, limits)
  }

  money(text: string | undefined): Money | undefined {
    if (text === undefined) return undefined
    const known = this.#amounts.get(text)
    if (known !== undefined) return known
    const money = moneyOf(text)
    this.#amounts.set(text, money)
    return money
  }

  /** Epoch milliseconds of a time with an offset. */
  epochMs(text: string | undefined): number | undefined {
    if (text === undefined) return undefined
    const known = this.#times.get(text)
    if (known !== undefined || this.#times.has(text)) return known
    const ms = parseInstant(text)
    this.#times.set(text, ms)
    return ms
  }

  instant(ms: number): Instant {
    const known = this.#instants.get(ms)
    if (known !== undefined) return known
    const instant = toInstant(ms)
    this.#instants.set(ms, instant)
    return instant
  }

  warn(code: string, at: string, text: string): void {
    if (this.warnings.length < warningsMax) this.warnings.push({ code, at, text })
  }
}

/** `EUR178.74`; undefined where absent or no amount. */
function moneyOf(text: string | undefined): Money | undefined {
  if (text === undefined || text.length < 4) return undefined
  return parseMoney(text.slice(3), text.slice(0, 3).toUpperCase())
}

/** Attributes are often there and empty. */
export function given(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text
}

export function integer(text: string | undefined): number | null {
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : null
}

export function flag(text: string | undefined): boolean | null {
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : null
}
