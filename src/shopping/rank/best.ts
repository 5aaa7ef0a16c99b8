import type { RankChain } from './chain.ts'
import { comfort } from './comfort.ts'
import { dearerFare } from './dearer-fare.ts'
import { departureTime } from './departure-time.ts'
import { detour } from './detour.ts'
import { dominated } from './dominated.ts'
import { duration } from './duration.ts'
import { flexibility } from './flexibility.ts'
import { price } from './price.ts'
import { stops } from './stops.ts'

/** What most travellers would pick: cheap, then short, then easy. Weights are a judgement, not a measurement. */
export const best: RankChain = {
  name: 'best',
  filters: [dearerFare, dominated, detour],
  scores: [price(0.5), duration(0.25), stops(0.1), comfort(0.06), departureTime(0.04), flexibility(0.05)],
}
