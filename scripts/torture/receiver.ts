import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { chanceOf } from '../../test/fuzz/chance.ts'

/** The OTA's end of a webhook: refuses now and then, checks each signature, remembers what it was told. */
export type Receiver = {
  readonly url: string
  secret: string
  /** Ids of messages that it took, with how often. */
  readonly told: ReadonlyMap<string, number>
  /** Bodies whose signature was wrong. */
  readonly forged: readonly string[]
  close(): void
}

const refusedPercent = 10

export async function startReceiver(seed: string): Promise<Receiver> {
  const told = new Map<string, number>()
  const forged: string[] = []
  const chance = chanceOf(`${seed} receiver`)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      if (chance.int(100) < refusedPercent) return void response.writeHead(503).end()
      const id = String(request.headers['webhook-id'])
      if (isSigned(receiver.secret, body, request.headers)) told.set(id, (told.get(id) ?? 0) + 1)
      else forged.push(id)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`,
    secret: '',
    told,
    forged,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return receiver
}

function isSigned(secret: string, body: string, headers: NodeJS.Dict<string | string[]>): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}
