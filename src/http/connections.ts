import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock, Timer } from '../core/clock.ts'
import { addressGroup } from './client-address.ts'

/** How many connections there may be, and how long one may keep its answer waiting. Slow senders are the server's own time-outs
 *  (server.ts). */
export type ConnectionLimits = {
  /** Of one process. */
  readonly connectionsMax: number
  /** Of one address; 0: no bound, for proxies that bring everybody. */
  readonly perAddressMax: number
}

/** A reader must take this much of a waiting answer between two looks, or is cut off after `patienceLooks` of them. */
const lookEveryMs = 5_000
const bytesBetweenLooksMin = 8_192
const patienceLooks = 3
/** Connections looked at for one without a request to give its place to a new one. */
const searchedMax = 100

type Seat = { readonly address: string; written: number; stalledLooks: number }

/** Ends with the server. A full house lets a newcomer in where somebody sits without a request: whoever opens connections and
 *  says nothing only pushes out his own kind. */
export function boundConnections(server: Server, limits: ConnectionLimits, clock: Clock): { close(): void } {
  const seats = new Map<Socket, Seat>()
  const byAddress = new Map<string, number>()

  const leave = (socket: Socket): void => {
    const seat = seats.get(socket)
    if (!seat) return
    seats.delete(socket)
    const left = byAddress.get(seat.address)! - 1
    if (left > 0) byAddress.set(seat.address, left)
    else byAddress.delete(seat.address)
  }

  /** The oldest first: a map keeps the order in which they came. */
  const makeRoom = (address: string | undefined): boolean => {
    let searched = 0
    for (const [socket, seat] of seats) {
      if (address !== undefined && seat.address !== address) continue
      if (++searched > searchedMax) return false
      if (isBusy(socket)) continue
      leave(socket)
      socket.destroy()
      return true
    }
    return false
  }

  server.on('connection', (socket: Socket) => {
    const address = addressGroup(socket.remoteAddress ?? 'gone')
    const crowded = limits.perAddressMax > 0 && (byAddress.get(address) ?? 0) >= limits.perAddressMax
    if (crowded ? !makeRoom(address) : seats.size >= limits.connectionsMax && !makeRoom(undefined)) {
      socket.destroy()
      return
    }
    seats.set(socket, { address, written: 0, stalledLooks: 0 })
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1)
    socket.once('close', () => leave(socket))
  })

  let timer: Timer
  const look = (): void => {
    for (const [socket, seat] of seats) if (hasStalled(socket, seat)) socket.destroy()
    timer = clock.after(lookEveryMs, look, { unref: true })
  }
  timer = clock.after(lookEveryMs, look, { unref: true })
  return { close: () => timer.cancel() }
}

/** Has begun a request that is not answered yet. Node keeps it here; there is no public way to ask. */
function isBusy(socket: Socket): boolean {
  const { _httpMessage: answer, parser } = socket as Socket & {
    readonly _httpMessage?: object | null
    readonly parser?: { readonly incoming?: object | null } | null
  }
  return Boolean(answer) || Boolean(parser?.incoming) || socket.writableLength > 0
}

function hasStalled(socket: Socket, seat: Seat): boolean {
  const taken = socket.bytesWritten - socket.writableLength
  const isSlow = socket.writableLength > 0 && taken - seat.written < bytesBetweenLooksMin
  seat.stalledLooks = isSlow ? seat.stalledLooks + 1 : 0
  seat.written = taken
  return seat.stalledLooks >= patienceLooks
}
