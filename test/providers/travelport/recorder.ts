import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Exchange = { readonly path: string; readonly status: number; readonly sent: string; readonly got: string }

/** Passes everything on to `target` and keeps what went by. */
export async function startRecorder(
  target: string,
): Promise<{ readonly baseUrl: string; readonly exchanges: Exchange[]; close(): Promise<void> }> {
  const exchanges: Exchange[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const url = new URL(request.url ?? '/', target)
      const { 'accept-encoding': _, host: __, ...headers } = request.headers
      const onward = httpRequest(url, { method: request.method, headers }, reply => {
        const parts: Buffer[] = []
        reply.on('data', (chunk: Buffer) => parts.push(chunk))
        reply.on('end', () => {
          const got = Buffer.concat(parts)
          const { statusCode: status = 500 } = reply
          exchanges.push({ path: url.pathname, status, sent: body.toString(), got: got.toString() })
          response.writeHead(status, { 'content-type': reply.headers['content-type'] ?? 'text/plain' }).end(got)
        })
        reply.on('error', () => response.destroy())
      })
      onward.on('error', () => response.destroy())
      onward.end(body)
    })
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
