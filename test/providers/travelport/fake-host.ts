import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import type { Provider } from '../../../src/providers/port.ts'
import { create } from '../../../src/providers/travelport/index.ts'

export type Heard = {
  readonly path: string
  readonly body: string
  readonly headers: Readonly<Record<string, unknown>>
}

export type Said =
  | {
      readonly status?: number
      readonly type?: string
      readonly headers?: Record<string, string>
      readonly body: string | Buffer
    }
  /** The connection breaks: at once, or after a part of the body. */
  | { readonly breakAfter: string }
  | 'silence'

/** A host that says what a test wants, in order; the last answer is said again. */
export async function startHost(
  answers: readonly Said[],
): Promise<{ readonly provider: Provider; readonly heard: readonly Heard[]; close(): Promise<void> }> {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      const answer = answers[Math.min(heard.length, answers.length - 1)]!
      heard.push({ path: request.url ?? '', body, headers: request.headers })
      if (answer === 'silence') return
      if ('breakAfter' in answer) {
        response.writeHead(200, { 'content-type': 'text/xml', 'content-length': 100_000 })
        response.write(answer.breakAfter, () => response.destroy())
        return
      }
      response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'text/xml', ...answer.headers })
      response.end(answer.body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/uAPI`
  const settings = { baseUrl, username: 'Universal API/u', password: 'p', targetBranch: 'P1' }
  const provider = create(settings, { clock: systemClock, log: silentLog })
  return {
    provider,
    heard,
    async close() {
      await provider.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

export function soap(message: string): string {
  return `<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body>${message}</SOAP:Body></SOAP:Envelope>`
}

export function soapFault(faultCode: string, code: string, text: string): Said {
  const detail = `<c:ErrorInfo xmlns:c="urn:c"><c:Code>${code}</c:Code><c:Service>S</c:Service><c:Description>${text}</c:Description></c:ErrorInfo>`
  const body = soap(
    `<SOAP:Fault><faultcode>${faultCode}</faultcode><faultstring>${text}</faultstring><detail>${detail}</detail></SOAP:Fault>`,
  )
  return { status: 500, body }
}
