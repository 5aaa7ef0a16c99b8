import { jsonDecodeRow } from '../decode-row.ts'

export const row = jsonDecodeRow('sabre', async () => {
  const { decodeWith } = await import('../../src/providers/sabre/wire/decode.ts')
  const { noContext } = await import('../../src/providers/sabre/wire/reading.ts')
  return bytes => decodeWith(bytes, noContext).offers
})
