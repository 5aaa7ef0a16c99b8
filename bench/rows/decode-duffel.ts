import { jsonDecodeRow } from '../decode-row.ts'

export const row = jsonDecodeRow('duffel', async () => {
  const { decodeBatch } = await import('../../src/providers/duffel/wire/batch.ts')
  const { parseJson } = await import('../../src/providers/duffel/wire/json.ts')
  const { decodeOffers, openReading } = await import('../../src/providers/duffel/wire/offer.ts')
  const { entriesOf } = await import('../../src/providers/duffel/wire/read.ts')
  return bytes => decodeOffers(decodeBatch(parseJson(bytes, false)).offers, entriesOf('/data/offers'), openReading())
})
