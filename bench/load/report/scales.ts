/** Numbers to places on a chart, and the round numbers that are written beside it. */
export type Scale = {
  /** 0 at the bottom, 1 at the top; outside is cut. */
  place(value: number): number
  readonly ticks: readonly Tick[]
}
export type Tick = { readonly at: number; readonly label: string }

const ticksAbout = 4

export function linearScale(top: number, write: (value: number) => string): Scale {
  const step = niceStep(Math.max(top, 1e-9) / ticksAbout)
  const count = Math.max(1, Math.ceil(top / step - 1e-9))
  const end = count * step
  return {
    place: value => Math.min(1, Math.max(0, value / end)),
    ticks: Array.from({ length: count + 1 }, (_, index) => ({ at: index * step, label: write(index * step) })),
  }
}

/** Whole powers of ten below and above, with 2 and 5 between them where there is room. */
export function logScale(bottom: number, top: number, write: (value: number) => string): Scale {
  const low = Math.floor(Math.log10(Math.max(bottom, 0.1)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(top, 0.1))))
  const between = high - low <= 2 ? [1, 2, 5] : [1]
  const ticks: Tick[] = []
  for (let power = low; power <= high; power++)
    for (const factor of between) {
      const at = factor * 10 ** power
      if (at <= 10 ** high) ticks.push({ at, label: write(at) })
    }
  return {
    place: value => Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-9)) - low) / (high - low))),
    ticks,
  }
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return [1, 2, 2.5, 5, 10].map(factor => factor * power).find(step => step >= rough - 1e-12)!
}

export function timeTicks(seconds: number): readonly Tick[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400]
  const step = steps.find(each => seconds / each <= 8) ?? 14_400
  const inMinutes = step >= 60
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, index) => ({
    at: index * step,
    label: inMinutes ? `${(index * step) / 60} min` : `${index * step} s`,
  }))
}

export function writeNumber(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 10_000) return `${Number((value / 1000).toFixed(1))}k`
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 2
  return Number(value.toFixed(digits)).toString()
}

export function writeMs(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(2))} s` : `${writeNumber(ms)} ms`
}
