import { type EpochMs, toInstant } from '../core/clock.ts'

const dayMs = 86_400_000

/** Of these indices those whose whole day of shopping is older than `days`, whatever version made them. What is not named
 *  as we name ours is not ours. */
export function expiredIndices(
  names: readonly string[],
  { prefix, days, now }: { readonly prefix: string; readonly days: number; readonly now: EpochMs },
): readonly string[] {
  const oldestKept = toInstant(now - days * dayMs)
    .slice(0, 10)
    .replaceAll('-', '.')
  return names.filter(name => {
    if (!name.startsWith(`${prefix}-`)) return false
    const day = /^(?:v\d+-)?(\d{4}\.\d\d\.\d\d)$/.exec(name.slice(prefix.length + 1))?.[1]
    return day !== undefined && day < oldestKept
  })
}
