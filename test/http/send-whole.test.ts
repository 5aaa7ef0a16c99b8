import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { makeOffer, outbound } from '../shopping/support/offers.ts'
import { requestAhead } from '../shopping/support/processes.ts'
import { fakeSupplier } from '../shopping/support/suppliers.ts'
import { until } from '../support/until.ts'
import { closeAll, searchText, service } from './support/quick-service.ts'

afterEach(closeAll)

function post(more = '', version = '1.1', body = searchText): string {
  const length = `content-length: ${Buffer.byteLength(body)}`
  return `POST /v1/searches HTTP/${version}\r\nhost: a\r\ncontent-type: application/json\r\n${length}\r\n${more}\r\n${body}`
}

type Answer = { readonly head: string; readonly id: string; readonly offerIds: readonly string[] }

/** Answers in the order in which they come, as far as they are there. */
function read(text: string): readonly Answer[] {
  const answers: Answer[] = []
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n') + 4
    const head = rest.slice(0, end)
    const length = Number(/content-length: (\d+)/.exec(head)?.[1])
    if (!(end + length <= rest.length)) break
    const { id, offers } = JSON.parse(rest.slice(end, end + length))
    answers.push({ head, id, offerIds: offers.map((offer: { id: string }) => offer.id) })
    rest = rest.slice(end + length)
  }
  return answers
}

async function converse(port: number, sent: readonly string[], answers: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', chunk => {
    text += chunk
  })
  for (const each of sent) socket.write(each)
  await until(() => text.split('HTTP/1.1 201').length > answers && /\]\}$/.test(text), `${answers} answers`)
  socket.destroy()
  return text
}

const isItsOwn = ({ id, offerIds }: Answer): boolean => offerIds.every(each => each.startsWith(`off_${id.slice(4)}`))

describe('an answer in one write', () => {
  test('has the head that Node makes for one that takes the long way', async () => {
    const { port } = await service()
    const names = (head: string) =>
      head
        .split('\r\n')
        .map(line => line.replace(/:.*/, '').toLowerCase())
        .sort()
    const [long, quick] = read(await converse(port, [post(), post()], 2))
    expect(names(quick!.head)).toEqual(names(long!.head))
    const of = (head: string, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]
    for (const name of ['content-type', 'connection', 'keep-alive', 'ratelimit-policy'])
      expect(of(quick!.head, name)).toBe(of(long!.head, name))
    expect(Math.abs(Date.parse(of(quick!.head, 'date')!) - Date.now())).toBeLessThan(5_000)
  })

  test('comes in the order of the questions where several are sent without waiting', async () => {
    const { port, ask } = await service()
    await ask()
    const ids = Array.from({ length: 30 }, (_, i) => `q${i}`)
    const answers = read(await converse(port, [ids.map(id => post(`x-request-id: ${id}\r\n`)).join('')], 30))
    expect(answers.map(({ head }) => /x-request-id: (\S+)/.exec(head)?.[1])).toEqual(ids)
    expect(answers.every(isItsOwn)).toBe(true)
    expect(new Set(answers.map(({ id }) => id)).size).toBe(30)
  })

  test('closes the connection where that is asked for, and with HTTP/1.0', async () => {
    const { port, ask } = await service()
    await ask()
    for (const sent of [post('connection: close\r\n'), post('', '1.0')]) {
      const socket = connect(port, '127.0.0.1', () => socket.write(sent))
      let text = ''
      for await (const chunk of socket.setEncoding('latin1')) text += chunk
      const [answer] = read(text)
      expect(answer!.head).toMatch(/^connection: close$/im)
      expect(isItsOwn(answer!)).toBe(true)
    }
  })

  /** The bytes of one answer lie with the kernel or are still to be written while others are made of the same ones. */
  test('keeps its ids while a slow reader has not taken it and others are answered', async () => {
    const { port, ask } = await service({ supplier: fakeSupplier('alpha', sixLegs(20)) })
    const text = JSON.stringify({ ...requestAhead, slices: days.map(departureDate => ({ ...leg, departureDate })) })
    const { json } = await ask(text)
    expect(JSON.stringify(json).length).toBeGreaterThan(80_000)
    const slow = await Promise.all(Array.from({ length: 2 }, () => paused(port)))
    for (const { socket } of slow) socket.write(post('', '1.1', text).repeat(asked))
    const others = await Promise.all(Array.from({ length: 20 }, () => ask(text)))
    expect(others.every(({ json }) => json.offers.every((offer: AnyOffer) => offer.searchId === json.id))).toBe(true)
    for (const each of slow) {
      each.socket.resume()
      await until(() => each.text.length > 1e6 && read(each.text).length === asked, 'all answers')
      expect(read(each.text).every(isItsOwn)).toBe(true)
      each.socket.destroy()
    }
  })

  test('to somebody who has left takes nothing from the next', async () => {
    const { port, ask } = await service()
    await ask()
    for (let n = 0; n < 20; n++) {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(post() + post())
        socket.resetAndDestroy()
      })
      await new Promise(resolve => socket.on('close', resolve))
    }
    const { json } = await ask()
    expect(json.offers.every((offer: AnyOffer) => offer.searchId === json.id)).toBe(true)
  })
})

/** Of some 90 kB each, more than the kernel takes (4 MB), so that an answer waits in the process half written. */
const asked = 90

const [leg] = requestAhead.slices
const days = Array.from({ length: 6 }, (_, i) => dayAfter(leg!.departureDate, i))

function sixLegs(count: number) {
  return Array.from({ length: count }, (_, i) =>
    makeOffer({
      provider: 'alpha',
      price: 50_000 + 100 * i,
      slices: days.map(day => [
        { ...outbound, flight: `BA${100 + i}`, departure: `${day}T08:20:00`, arrival: `${day}T11:15:00` },
      ]),
    }),
  )
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
}

type AnyOffer = { readonly searchId: string }

function paused(port: number): Promise<{ readonly socket: Socket; text: string }> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      const reader = { socket, text: '' }
      socket.setEncoding('latin1').on('data', chunk => {
        reader.text += chunk
      })
      socket.pause()
      resolve(reader)
    })
  })
}
