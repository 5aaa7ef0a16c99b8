import type { DecodedMessage } from '../../port.ts'
import type { ReadOffers } from './grouped.ts'

export function shoppingMessage(
  message: string,
  version: string | null,
  read: ReadOffers,
  said: Pick<DecodedMessage, 'faults' | 'warnings'>,
): DecodedMessage {
  const warnings = [...said.warnings, ...read.warnings.list]
  return { message, version, offers: read.offers, order: null, seatMaps: null, faults: said.faults, warnings }
}
