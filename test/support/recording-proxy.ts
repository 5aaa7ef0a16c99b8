import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type RecordingProxy = {
  readonly origin: string
  /** Bodies of the answers, unpacked, in the order in which they went out. */
  readonly replies: readonly Uint8Array[]
  close(): Promise<void>
}

/** Stands before a host and keeps what it answers. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const replies: Uint8Array[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { host, connection, 'content-length': length, 'transfer-encoding': coding, ...headers } = request.headers
    const answer = await fetch(new URL(request.url ?? '/', target), {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}),
    })
    const body = new Uint8Array(await answer.arrayBuffer())
    replies.push(body)
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    replies,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
