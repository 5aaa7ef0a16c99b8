import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run, tail, which } from '../command.mjs'
import { step, Trouble } from '../console.mjs'
import { holdLock } from '../lock.mjs'
import { toolchainDir } from '../paths.mjs'

export const kafkaVersion = '4.1.1'

/** Maven's own words for: these two and all that they need. Versions are pinned; Maven checks what it fetches. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>fareloom</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`

/** The folder of its jars below .toolchain, fetched with Maven where it is missing.
 *  @returns {Promise<string | undefined>} undefined without Maven */
export async function kafkaJars() {
  const jars = join(toolchainDir, `kafka-${kafkaVersion}`)
  if (existsSync(jars)) return jars
  const maven = which('mvn')
  if (!maven) return undefined
  mkdirSync(toolchainDir, { recursive: true })
  await holdLock(join(toolchainDir, 'kafka.lock'), async () => {
    if (!existsSync(jars)) await fetchJars(maven, jars)
  })
  return jars
}

/** Fetched beside its place and moved there whole, so that an interrupted run leaves no half of it behind. */
async function fetchJars(maven, jars) {
  await step(`fetching Kafka ${kafkaVersion} from Maven Central (43 MB)`, async () => {
    const temporary = `${jars}.${process.pid}`
    mkdirSync(temporary, { recursive: true })
    const file = join(temporary, 'pom.xml')
    writeFileSync(file, pom)
    const out = `-DoutputDirectory=${join(temporary, 'lib')}`
    const { code, output } = await run(maven, [
      '-q',
      '-B',
      '-C',
      ...repository(),
      '-f',
      file,
      out,
      'dependency:copy-dependencies',
    ])
    if (code !== 0) throw new Trouble(`Maven could not fetch Kafka:\n${tail(output)}`)
    renameSync(join(temporary, 'lib'), jars)
    rmSync(temporary, { recursive: true, force: true })
  })
}

/** An account without a home directory to write in has Maven's cache below .toolchain. */
function repository() {
  try {
    mkdirSync(join(homedir(), '.m2', 'repository'), { recursive: true })
    return []
  } catch {
    return [`-Dmaven.repo.local=${join(toolchainDir, 'm2')}`]
  }
}
