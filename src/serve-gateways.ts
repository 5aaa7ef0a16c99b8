/** The payment gateways of a process that answers. */
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import { startDeadline } from './core/deadline.ts'
import type { Log } from './core/log.ts'
import type { Metrics } from './core/metrics.ts'
import { allStarted } from './lifetime.ts'
import type { PaymentGateway } from './payments/port.ts'
import { openGateway } from './payments/registry.ts'
import type { SandboxReport } from './sandbox/child.ts'

export type Gateways = {
  /** Takes new payments. */
  readonly gateway: PaymentGateway
  /** Those that older payments may be at. */
  readonly otherGateways: readonly PaymentGateway[]
  close(): Promise<void>
}

/** Real settings where there are some, else the simulator's. */
export async function openGateways(
  config: Config,
  parts: { readonly log: Log; readonly metrics: Metrics },
  sandbox: SandboxReport | null,
): Promise<Gateways> {
  const simulators = new Map(sandbox?.gateways.map(({ code, settings }) => [code, settings]))
  const settings = new Map([...config.gateways].map(([code, own]) => [code, own ?? simulators.get(code)]))
  const open = async (code: string): Promise<PaymentGateway> =>
    openGateway(code, settings.get(code) ?? {}, { ...parts, clock: systemClock })
  const others = [...settings.keys()].filter(code => code !== config.gateway && settings.get(code) !== undefined)
  const [gateway, otherGateways] = await allStarted(open(config.gateway), Promise.all(others.map(open)))
  return {
    gateway,
    otherGateways,
    async close() {
      await Promise.all([gateway, ...otherGateways].map(part => part.close()))
    },
  }
}

const tellMs = 5_000

/** Simulators that send news (those with a secret to sign them) are told where we listen; a real gateway is told by people. */
export async function tellSimulators(
  sandbox: SandboxReport | null,
  { host, port }: { readonly host: string; readonly port: number },
  log: Log,
): Promise<void> {
  const here = host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host === '0.0.0.0' ? '127.0.0.1' : host
  for (const { code, baseUrl, settings } of sandbox?.gateways ?? []) {
    const { webhookSecret } = settings
    if (webhookSecret === undefined) continue
    const url = `http://${here}:${port}/v1/gateway-webhooks/${code}`
    const deadline = startDeadline(systemClock, tellMs)
    const { signal } = deadline
    const body = new URLSearchParams({ url, secret: webhookSecret })
    try {
      const reply = await fetch(`${baseUrl}/_sandbox/webhook-target`, { method: 'POST', body, signal })
      if (!reply.ok) throw new Error(`status ${reply.status}`)
    } catch (error) {
      // bookings ask by themselves, a little later
      log.warn({ gateway: code, err: error }, 'the simulated gateway does not know where to send its news')
    } finally {
      deadline.dispose()
    }
  }
}
