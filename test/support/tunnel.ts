import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP way to a server that can be cut, held up and restored while both ends live on. */
export type Tunnel = {
  /** The server's URL, through the tunnel. */
  readonly url: string
  /** Closes every connection and refuses new ones. */
  cut(): Promise<void>
  /** Connections stay, bytes do not pass: what a half-open connection looks like. */
  stall(): void
  /** The same for the connections of now; new ones work. */
  freeze(): void
  /** Everything arrives that much later, in its order. */
  slow(delayMs: number): void
  restore(): Promise<void>
  /** New connections go there: the server has come back at another port. */
  redirect(target: string): void
  readonly close: () => Promise<void>
}

export async function startTunnel(target: string): Promise<Tunnel> {
  let to = new URL(target)
  const pairs = new Set<readonly [Socket, Socket]>()
  const frozen = new Set<readonly [Socket, Socket]>()
  let stalled = false
  let delayMs = 0
  const join = (inner: Socket): void => {
    const outer = connect(Number(to.port), to.hostname)
    const pair = [inner, outer] as const
    pairs.add(pair)
    const passes = (): boolean => !stalled && !frozen.has(pair)
    const end = (): void => {
      inner.destroy()
      outer.destroy()
      pairs.delete(pair)
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    const pass = (chunk: Buffer, to: Socket): void => {
      if (!passes()) return
      if (delayMs === 0) to.write(chunk)
      else setTimeout(() => to.destroyed || to.write(chunk), delayMs)
    }
    inner.on('data', chunk => pass(chunk, outer))
    outer.on('data', chunk => pass(chunk, inner))
  }
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(join).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  const endAll = (): void => {
    for (const [inner, outer] of pairs) {
      inner.destroy()
      outer.destroy()
    }
    pairs.clear()
  }
  const shut = async (server: Server): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    endAll()
    await closed
  }

  let server: Server | undefined = await listen(0)
  const { port } = server.address() as AddressInfo
  const url = new URL(target)
  url.port = String(port)
  const cut = async (): Promise<void> => {
    const open = server
    server = undefined
    if (open) await shut(open)
  }
  return {
    url: url.href.replace(/\/$/, ''),
    cut,
    stall() {
      stalled = true
    },
    freeze() {
      for (const pair of pairs) frozen.add(pair)
    },
    slow(ms) {
      delayMs = ms
    },
    async restore() {
      if (stalled || delayMs > 0) endAll()
      stalled = false
      delayMs = 0
      server ??= await listen(port)
    },
    redirect(other) {
      to = new URL(other)
    },
    close: cut,
  }
}
