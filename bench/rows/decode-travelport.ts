import { xmlDecodeRow } from '../decode-row.ts'

export const row = xmlDecodeRow('travelport', async () => {
  const { decode } = await import('../../src/providers/travelport/wire/decode.ts')
  return bytes => decode(bytes).offers
})
