import type { SeatCount } from './inventory.ts'
import type { WorldPnr, WorldTraveller } from './world.ts'

/** All but those who were taken out of a PNR. */
export function whoTravels({ travellers, cancelledKeys }: WorldPnr): readonly WorldTraveller[] {
  return cancelledKeys ? travellers.filter(({ key }) => !cancelledKeys.includes(key)) : travellers
}

/** Lap infants have none. */
export function seatsTaken(travellers: readonly WorldTraveller[]): number {
  return travellers.filter(({ type }) => type !== 'INF').length
}

export type Reduced = {
  readonly pnr: WorldPnr
  readonly kept: readonly SeatCount[]
  readonly free: readonly SeatCount[]
}

/** A live PNR without these travellers, absent: without all; with the last of them it ends. `seats`: those that it has. */
export function withoutTravellers(pnr: WorldPnr, seats: readonly SeatCount[], keys?: readonly string[]): Reduced {
  const leaving = whoTravels(pnr).filter(({ key }) => !keys || keys.includes(key))
  if (leaving.length === whoTravels(pnr).length)
    return { pnr: { ...pnr, status: 'cancelled' }, kept: seats, free: seats }
  const count = seatsTaken(leaving)
  const cancelledKeys = [...(pnr.cancelledKeys ?? []), ...leaving.map(({ key }) => key)]
  return {
    pnr: { ...pnr, cancelledKeys },
    kept: seats.map(seat => ({ ...seat, count: seat.count - count })),
    free: seats.map(seat => ({ ...seat, count })),
  }
}
