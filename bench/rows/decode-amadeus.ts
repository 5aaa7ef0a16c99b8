import { jsonDecodeRow } from '../decode-row.ts'

export const row = jsonDecodeRow('amadeus', async () => {
  const { parseJson } = await import('../../src/providers/amadeus/wire/json.ts')
  const { decodeSearchReply } = await import('../../src/providers/amadeus/wire/search.ts')
  return bytes => decodeSearchReply(parseJson(bytes), bytes).offers
})
