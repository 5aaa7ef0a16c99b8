import { ProviderSettingsError } from './port.ts'
import { nearest } from './settings-words.ts'

/** What one supplier allows us, or we allow ourselves with it; null: no bound of that sort. */
export type BudgetSettings = {
  /** Calls, whatever the operation. */
  readonly ratePerSecond: number | null
  readonly ratePerMinute: number | null
  /** How many may leave at once after a pause. 1: evenly spaced, so that no second holds more than the rate. */
  readonly burst: number
  /** Calls under way at once; null: the guard's own cap. */
  readonly concurrency: number | null
  /** Searches a day of `dayZone`. */
  readonly looksPerDay: number | null
  /** Searches for each order made. */
  readonly lookToBook: number | null
  /** IANA; where the supplier's day begins at midnight. */
  readonly dayZone: string
  readonly hedge: HedgeMode
}

/** `reads`: price confirmations and looking orders up, which nobody charges for; `on`: searches too. */
export type HedgeMode = 'off' | 'reads' | 'on'

export const noBudget: BudgetSettings = {
  ratePerSecond: null,
  ratePerMinute: null,
  burst: 1,
  concurrency: null,
  looksPerDay: null,
  lookToBook: null,
  dayZone: 'UTC',
  hedge: 'reads',
}

/** Endings of `PROVIDER_<CODE>_…`: these are ours, the rest is the adapter's. */
export const budgetWords: readonly string[] = [
  'RATE_PER_SECOND',
  'RATE_PER_MINUTE',
  'BURST',
  'CONCURRENCY',
  'LOOKS_PER_DAY',
  'LOOK_TO_BOOK',
  'DAY_ZONE',
  'HEDGE',
]

type Environment = Readonly<Record<string, string | undefined>>

/** Throws ProviderSettingsError: which variable, what it says, what it takes. */
export function readBudget(prefix: string, env: Environment): BudgetSettings {
  const say = (word: string): string | undefined => env[`${prefix}_${word}`] || undefined
  const number = (word: string, bounds: Bounds): number | null => readNumber(`${prefix}_${word}`, say(word), bounds)
  refuseMisspelt(prefix, env)
  const settings: BudgetSettings = {
    ratePerSecond: number('RATE_PER_SECOND', { min: 0.01, max: 10_000, whole: false }),
    ratePerMinute: number('RATE_PER_MINUTE', { min: 1, max: 600_000, whole: true }),
    burst: number('BURST', { min: 1, max: 10_000, whole: true }) ?? noBudget.burst,
    concurrency: number('CONCURRENCY', { min: 1, max: 1_000, whole: true }),
    looksPerDay: number('LOOKS_PER_DAY', { min: 1, max: 1_000_000_000, whole: true }),
    lookToBook: number('LOOK_TO_BOOK', { min: 1, max: 1_000_000, whole: true }),
    dayZone: readZone(`${prefix}_DAY_ZONE`, say('DAY_ZONE')),
    hedge: readHedge(`${prefix}_HEDGE`, say('HEDGE')),
  }
  if (say('BURST') && settings.ratePerSecond === null && settings.ratePerMinute === null)
    throw new ProviderSettingsError(
      `${prefix}_BURST needs a rate: set ${prefix}_RATE_PER_SECOND or ${prefix}_RATE_PER_MINUTE too`,
    )
  if (say('DAY_ZONE') && settings.looksPerDay === null && settings.lookToBook === null)
    throw new ProviderSettingsError(
      `${prefix}_DAY_ZONE needs something counted by day: set ${prefix}_LOOKS_PER_DAY or ${prefix}_LOOK_TO_BOOK too`,
    )
  return settings
}

/** PROVIDER_SABRE_RATE_PER_SEC and _CONCURENCY would otherwise go to the adapter, which has no use for them. */
function refuseMisspelt(prefix: string, env: Environment): void {
  const beginnings = /^(RATE|BURST|CONCURREN|LOOK|HEDG|DAY_)/
  for (const name of Object.keys(env)) {
    if (!name.startsWith(`${prefix}_`)) continue
    const word = name.slice(prefix.length + 1)
    if (budgetWords.includes(word)) continue
    const near = nearest(word, budgetWords)
    if (near !== undefined) throw new ProviderSettingsError(`${name} is not known: did you mean ${prefix}_${near}?`)
    if (beginnings.test(word))
      throw new ProviderSettingsError(`${name} is not known: of this sort there are ${budgetWords.join(', ')}`)
  }
}

type Bounds = { readonly min: number; readonly max: number; readonly whole: boolean }

function readNumber(name: string, text: string | undefined, { min, max, whole }: Bounds): number | null {
  if (text === undefined) return null
  const value = /^\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value
  throw new ProviderSettingsError(
    `${name} is "${text}": it takes a ${whole ? 'whole number' : 'number'} from ${min} to ${max}`,
  )
}

function readZone(name: string, text: string | undefined): string {
  if (text === undefined) return noBudget.dayZone
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return text
  } catch {
    throw new ProviderSettingsError(`${name} is "${text}": it takes a time zone such as UTC or America/Chicago`)
  }
}

function readHedge(name: string, text: string | undefined): HedgeMode {
  if (text === undefined) return noBudget.hedge
  if (text === 'off' || text === 'reads' || text === 'on') return text
  throw new ProviderSettingsError(`${name} is "${text}": it takes off, reads or on`)
}
