import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import { WireError } from '../../src/core/wire-error.ts'
import type { Decode } from '../../src/providers/codes.ts'
import { chanceOf } from './chance.ts'
import { type Mutated, mutationsOf } from './mutations.ts'
import { flawsOf } from './soundness.ts'

/** Far above what the largest recording takes on a busy machine: a hang, not slowness. */
const caseMsMax = 5_000

/** Damages each message `rounds` times and tells what came of it that must not, with the seed that does it again. */
export function fuzz(
  { provider, decode }: { readonly provider: string; readonly decode: Decode },
  files: readonly string[],
  { dir, seed, cases }: { readonly dir: string; readonly seed: string; readonly cases: number },
): { readonly ran: number; readonly failures: readonly string[] } {
  const messages = files.map(file => readFileSync(join(dir, file)))
  const failures: string[] = []
  let ran = 0
  for (let n = 0; ran < cases && n < cases * 4; n++) {
    const index = n % files.length
    const message = messages[index]!
    const own = `${seed}/${n}`
    const chance = chanceOf(own)
    const mutation = chance.pick(mutationsOf(message))
    const mutated = mutation.of(message, chance)
    if (!mutated) continue
    ran++
    const failure = failureOf(provider, decode, mutated)
    if (failure) failures.push(`${files[index]}, ${mutation.name}, seed ${own}: ${failure}`)
  }
  return { ran, failures }
}

function failureOf(provider: string, decode: Decode, { bytes, must }: Mutated): string | undefined {
  const started = systemClock.monotonicMs()
  try {
    const decoded = decode(bytes)
    if (must === 'refused') return `was read as ${decoded.message} with ${decoded.offers.length} offers`
    const [flaw] = flawsOf(provider, decoded)
    if (flaw) return flaw
  } catch (error) {
    if (!(error instanceof WireError)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (error.reason === '' || error.reason.includes('undefined')) return `a reason of no use: ${error.reason}`
  }
  const elapsed = systemClock.monotonicMs() - started
  return elapsed > caseMsMax ? `took ${Math.round(elapsed)} ms` : undefined
}
