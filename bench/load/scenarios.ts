/** What may be played, and how its rate moves. */
export type Scenario = {
  readonly text: string
  /** When none is given; null: closed loop. */
  readonly rate: number | null
  readonly seconds: number
  /** Requests due at this part (0 to 1) of the run, as a multiple of the rate. */
  readonly shape: (part: number) => number
  readonly searches: 'mixed' | 'unique' | 'few'
  /** Whether one supplier of the sandbox is struck, and when: see `strikeAt`. */
  readonly strikes: 'slow' | 'flapping' | null
  /** Parts of the run that the summary tells apart. */
  readonly phases: readonly Phase[]
}

export type Phase = { readonly name: string; readonly from: number; readonly to: number }

export const spikeFactor = 5

const flat = (): number => 1
const whole: readonly Phase[] = []
const lookToBook = {
  text: 'searches, pages, price confirmations and bookings as an agency has them',
  rate: 50,
  seconds: 60,
  shape: flat,
  searches: 'mixed',
  strikes: null,
  phases: whole,
} as const satisfies Scenario

export const scenarios = {
  'look-to-book': lookToBook,
  spike: {
    ...lookToBook,
    text: `the same, with ${spikeFactor} times the rate in its middle`,
    shape: spikeShape,
    phases: [
      { name: 'before', from: 0, to: 0.3 },
      { name: 'peak', from: 0.35, to: 0.6 },
      { name: 'after', from: 0.65, to: 1 },
    ],
  },
  soak: {
    ...lookToBook,
    text: 'the same for an hour: what grows, leaks or tires',
    rate: 20,
    seconds: 3600,
    phases: [
      { name: 'first quarter', from: 0, to: 0.25 },
      { name: 'last quarter', from: 0.75, to: 1 },
    ],
  },
  'slow-supplier': {
    ...lookToBook,
    text: 'from a quarter on, one supplier is slow or silent on most of the routes asked for',
    strikes: 'slow',
    phases: [
      { name: 'before', from: 0, to: 0.25 },
      { name: 'slow', from: 0.25, to: 0.625 },
      { name: 'silent', from: 0.625, to: 1 },
    ],
  },
  'flapping-supplier': {
    ...lookToBook,
    text: 'one supplier fails and recovers every ten seconds',
    strikes: 'flapping',
  },
  cold: {
    ...lookToBook,
    text: 'no question is asked twice: what the suppliers and the merge can bear',
    rate: 10,
    searches: 'unique',
  },
  cached: {
    ...lookToBook,
    text: 'a few searches again and again, each answer bringing the next request (closed loop) unless --rate is given',
    rate: null,
    seconds: 20,
    searches: 'few',
  },
} as const satisfies Readonly<Record<string, Scenario>>

export type ScenarioName = keyof typeof scenarios

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name)
}

/** A twentieth of the run up, a quarter on top, a twentieth down. */
function spikeShape(part: number): number {
  const up = Math.min(1, Math.max(0, (part - 0.3) / 0.05))
  const down = Math.min(1, Math.max(0, (part - 0.6) / 0.05))
  return 1 + (spikeFactor - 1) * (up - down)
}

/** Effects of magic routes. */
export type StrikeEffect = 'slow' | 'silent' | 'server-error' | 'cut-off'

export const flapMs = 10_000

/** What is wrong with the struck supplier at that moment; null: nothing. */
export function strikeAt(strikes: Scenario['strikes'], elapsedMs: number, part: number): StrikeEffect | null {
  if (strikes === 'slow') return part < 0.25 ? null : part < 0.625 ? 'slow' : 'silent'
  if (strikes === 'flapping') {
    const turn = Math.floor(elapsedMs / flapMs)
    return turn % 2 === 0 ? null : turn % 4 === 1 ? 'server-error' : 'cut-off'
  }
  return null
}
