import { xmlDecodeRow } from '../decode-row.ts'

export const row = xmlDecodeRow('ndc', async () => {
  const { decode } = await import('../../src/providers/ndc/wire/decode.ts')
  return bytes => decode(bytes).offers
})
