import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Exchange = { readonly status: number; readonly sent: string; readonly got: string }

export type Recorder = { readonly baseUrl: string; readonly exchanges: Exchange[]; close(): Promise<void> }

/** Passes everything on to `target`, and keeps what was said. */
export async function startRecorder(target: string): Promise<Recorder> {
  const exchanges: Exchange[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    try {
      const reply = await fetch(new URL(request.url ?? '/', target), {
        method: 'POST',
        headers: { 'content-type': 'application/xml', 'x-api-key': String(request.headers['x-api-key']) },
        body,
      })
      const got = Buffer.from(await reply.arrayBuffer())
      exchanges.push({ status: reply.status, sent: body.toString(), got: got.toString() })
      response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'text/plain' }).end(got)
    } catch {
      response.destroy()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    exchanges,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
