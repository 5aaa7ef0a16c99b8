/** The payment gateways of a process that answers. */
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
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
