import { describe } from 'vitest'
import { listProviderCodes } from '../../src/providers/codes.ts'
import { providerContract } from './provider.ts'

for (const code of listProviderCodes()) describe(`supplier ${code}`, () => providerContract(code))
