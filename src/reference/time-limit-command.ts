import { parseArgs } from 'node:util'
import { parseInstant } from '../core/clock.ts'
import { zoneOfPlace } from './place-zones.ts'
import { findTimeLimit, remarkMaxLength } from './time-limit.ts'

/** `fareloom time-limit`: prints the limit that a remark sets. Exit 0; 2 where it sets none or the command was misused. */
export async function timeLimit(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      carrier: { type: 'string' },
      origin: { type: 'string' },
      at: { type: 'string' },
      text: { type: 'string' },
    },
  })
  const { text, at } = values
  const carrier = values.carrier?.toUpperCase()
  const origin = values.origin?.toUpperCase()
  const atMs = at === undefined ? undefined : parseInstant(at)
  if (!carrier || !/^[A-Z0-9]{2}$/.test(carrier)) return refuse('--carrier takes the two letters of an airline')
  if (!origin || !zoneOfPlace(origin)) return refuse('--origin takes a city or an airport')
  if (atMs === undefined) return refuse('--at takes an instant such as 2027-01-05T10:00:00Z')
  if (text === undefined || text.length > remarkMaxLength) {
    return refuse(`--text takes a remark of at most ${remarkMaxLength} characters`)
  }
  const limit = findTimeLimit({ text, carrier, origin, atMs })
  if (!limit) return refuse('the text sets no ticketing time limit')
  process.stdout.write(`${JSON.stringify(limit)}\n`)
  return 0
}

function refuse(reason: string): number {
  process.stderr.write(`fareloom: ${reason}\n`)
  return 2
}
