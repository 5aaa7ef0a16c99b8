import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { serviceOptions } from '../../scripts/service-options.mjs'

it('the image runs the service with the options of npm start', () => {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]!)
  expect(command).toEqual(['node', ...serviceOptions, 'src/main.ts'])
})
