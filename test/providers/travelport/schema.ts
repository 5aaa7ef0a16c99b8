import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The vendor's schemas are of release 49, messages of 52: the namespaces are renamed, the content is the same. */

/** What xmllint has against the bodies, by message; none is good. */
export function complaintsAbout(schemaDir: string, envelopes: readonly string[]): readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'fareloom-schema-'))
  try {
    const bySchema = new Map<string, string[]>()
    envelopes.forEach((envelope, index) => {
      const body = bodyOf(envelope)
      const schema = schemaOf(body)
      const file = join(dir, `${index}-${/^<\w+:(\w+)/.exec(body)?.[1]}.xml`)
      writeFileSync(file, body.replaceAll(/(air|common|universal)_v52_0/g, '$1_v49_0'))
      const list = bySchema.get(schema)
      if (list) list.push(file)
      else bySchema.set(schema, [file])
    })
    return [...bySchema].flatMap(([schema, files]) => {
      const run = spawnSync('xmllint', ['--noout', '--schema', join(schemaDir, schema), ...files], { encoding: 'utf8' })
      return run.stderr.split('\n').filter(line => line !== '' && !line.endsWith(' validates'))
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The message inside; of a fault the detail. */
function bodyOf(envelope: string): string {
  const body = /<soap:Body>(.*)<\/soap:Body>/s.exec(envelope)?.[1] ?? ''
  return /<detail>(.*)<\/detail>/s.exec(body)?.[1] ?? body
}

function schemaOf(body: string): string {
  if (body.startsWith('<univ:')) return 'universal_v49_0/UniversalRecordReqRsp.xsd'
  return body.startsWith('<com:') ? 'common_v49_0/Common.xsd' : 'air_v49_0/AirReqRsp.xsd'
}
